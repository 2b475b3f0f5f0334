import type { Background, BackgroundMaker, EffectEvents } from "../../state/effects.ts";
import { BackgroundEngine } from "./engine.ts";
import { readOwn } from "./ownPicture.ts";
import { PICTURE_HEIGHT, PICTURE_WIDTH, paintPicture } from "./pictures.ts";
import type { Backdrop } from "./protocol.ts";

export async function createMaker(events: EffectEvents): Promise<BackgroundMaker> {
  const engine = await BackgroundEngine.create(events);
  let wish = 0;
  return {
    async set(background) {
      const mine = ++wish;
      const backdrop = await backdropFor(background);
      if (mine === wish) engine.setBackdrop(backdrop);
    },
    setPace: (pace) => engine.setPace(pace),
    apply: (track) => engine.apply(track),
    close: () => engine.close(),
  };
}

async function backdropFor(background: Exclude<Background, "none">): Promise<Backdrop> {
  switch (background) {
    case "light":
    case "strong":
      return { kind: "blur", strength: background };
    case "own":
      return { kind: "picture", bitmap: await readOwn() };
    default: {
      const canvas = new OffscreenCanvas(PICTURE_WIDTH, PICTURE_HEIGHT);
      const context = canvas.getContext("2d");
      if (context === null) throw new Error("no canvas");
      paintPicture(context, background);
      return { kind: "picture", bitmap: canvas.transferToImageBitmap() };
    }
  }
}
