import { describe, expect, it } from "vitest";
import { type CodecNeeds, type PublisherFacts, planCodec } from "./codec_plan.ts";

const ALL = ["vp8", "vp9", "h264", "av1"];
const DESKTOP: PublisherFacts = {
  switchesCodec: true,
  mobile: false,
  cores: 8,
  onBattery: false,
  encodes: ALL,
};
const CAMERA: CodecNeeds = { content: "camera", common: ALL, simple: false };

describe("planCodec", () => {
  it.each<[string, Partial<PublisherFacts>, Partial<CodecNeeds>, string]>([
    ["eight cores, everybody decodes it", {}, {}, "av1"],
    ["seven cores", { cores: 7 }, {}, "vp9"],
    ["eight cores that run from a battery", { onBattery: true }, {}, "vp9"],
    ["four cores", { cores: 4 }, {}, "vp9"],
    ["two cores", { cores: 2 }, {}, "vp8"],
    ["cores that the browser hides", { cores: 0 }, {}, "vp8"],
    ["a phone with eight cores", { mobile: true }, {}, "vp8"],
    ["a browser that stays with its codec", { switchesCodec: false }, {}, "vp8"],
    ["somebody without AV1", {}, { common: ["vp8", "vp9"] }, "vp9"],
    ["somebody without VP9", { cores: 4 }, { common: ["vp8", "av1"] }, "vp8"],
    ["somebody with VP8 only", {}, { common: ["vp8"] }, "vp8"],
    ["nothing known of the others", {}, { common: [] }, "vp8"],
    ["an encoder without AV1", { encodes: ["vp8", "vp9"] }, {}, "vp9"],
    ["a processor that cannot keep up", {}, { simple: true }, "vp8"],
    ["text, on two cores", { cores: 2 }, { content: "text" }, "av1"],
    ["text, somebody without AV1", {}, { content: "text", common: ["vp8", "vp9"] }, "vp9"],
    ["text, somebody with VP8 only", {}, { content: "text", common: ["vp8"] }, "vp8"],
    ["text, from Firefox", { switchesCodec: false }, { content: "text" }, "vp8"],
    ["a film, on two cores", { cores: 2 }, { content: "film" }, "vp8"],
    ["a film, on four", { cores: 4 }, { content: "film" }, "vp9"],
  ])("%s", (_, facts, needs, codec) => {
    expect(planCodec({ ...DESKTOP, ...facts }, { ...CAMERA, ...needs })).toBe(codec);
  });
});
