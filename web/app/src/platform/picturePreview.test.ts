import { describe, expect, it } from "vitest";
import { pictureType } from "./picturePreview.ts";

const text = (written: string) => new TextEncoder().encode(written);

describe("a file that somebody gave", () => {
  it("is a picture by how it begins", () => {
    const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0]);
    expect(pictureType(png)).toBe("image/png");
    expect(pictureType(new Uint8Array([0xff, 0xd8, 0xff, 0xe0]))).toBe("image/jpeg");
    expect(pictureType(text("GIF89a"))).toBe("image/gif");
    expect(pictureType(text("RIFF1234WEBPVP8 "))).toBe("image/webp");
  });

  it("is none where it is a document, a sound, or cut off", () => {
    expect(pictureType(text("<svg xmlns='http://www.w3.org/2000/svg'>"))).toBeUndefined();
    expect(pictureType(text("<?xml version='1.0'?><svg/>"))).toBeUndefined();
    expect(pictureType(text("RIFF1234WAVEfmt "))).toBeUndefined();
    expect(pictureType(new Uint8Array([0x89, 0x50]))).toBeUndefined();
    expect(pictureType(new Uint8Array())).toBeUndefined();
  });
});
