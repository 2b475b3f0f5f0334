import { expect, test } from "vitest";
import { branding, meetingsAt, setBranding } from "./branding.ts";

test("what the operator says is taken", () => {
  const said = {
    name: "Meeting House",
    logo: "/branding/logo.svg",
    imprint: "https://a.example/imprint",
    privacy: "http://a.example/privacy?x=1",
  };
  setBranding({ ...said, other: 1 });
  expect(branding.value).toEqual(said);
});

test.each([
  [undefined],
  [null],
  ["text"],
  [[]],
  [{ name: 5, logo: "https://elsewhere.example/logo.svg", imprint: "javascript:alert(1)" }],
  [{ name: "", logo: "/branding/../r/x.svg", privacy: "https://" }],
])("anything odd counts as not said: %j", (answer) => {
  setBranding(answer);
  expect(branding.value).toEqual({});
});

test("a name that is too long is cut", () => {
  setBranding({ name: "x".repeat(500) });
  expect(branding.value.name).toHaveLength(80);
});

test("meetings take place at this page's server, or where its operator says", () => {
  setBranding({});
  expect(meetingsAt()).toEqual({});
  setBranding({ meetings: "https://meet.example" });
  expect(meetingsAt()).toEqual({ signalUrl: "wss://meet.example/signal" });
  setBranding({ meetings: "http://localhost:8444" });
  expect(meetingsAt()).toEqual({ signalUrl: "ws://localhost:8444/signal" });
  setBranding({ meetings: "javascript:alert(1)" });
  expect(meetingsAt()).toEqual({});
});
