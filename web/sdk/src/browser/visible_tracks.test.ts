import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { TrackWish } from "../room/types.ts";
import { VisibleTracks } from "./visible_tracks.ts";

/** As much of a browser as this needs: its observers say what the test says. */
class FakeObserver {
  static readonly all: FakeObserver[] = [];
  readonly targets = new Set<Element>();
  constructor(readonly notify: (entries: object[]) => void) {
    FakeObserver.all.push(this);
  }
  observe(element: Element): void {
    this.targets.add(element);
  }
  unobserve(element: Element): void {
    this.targets.delete(element);
  }
  disconnect(): void {
    this.targets.clear();
  }
}
class FakeSight extends FakeObserver {}
class FakeSizes extends FakeObserver {}

const page = Object.assign(new EventTarget(), {
  visibilityState: "visible",
  pictureInPictureElement: null as Element | null,
});
let layouts: (readonly TrackWish[])[];
let visible: VisibleTracks;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("IntersectionObserver", FakeSight);
  vi.stubGlobal("ResizeObserver", FakeSizes);
  vi.stubGlobal("document", page);
  vi.stubGlobal("devicePixelRatio", 3);
  FakeObserver.all.length = 0;
  page.visibilityState = "visible";
  page.pictureInPictureElement = null;
  layouts = [];
  visible = new VisibleTracks({ setLayout: (wishes) => layouts.push(wishes) });
});
afterEach(() => {
  visible.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const element = (clientHeight: number) => ({ clientHeight }) as unknown as Element;
const last = () => layouts.at(-1) ?? [];
function see(target: Element, isIntersecting = true): void {
  const sight = FakeObserver.all.find((one) => one instanceof FakeSight && one.targets.has(target));
  sight?.notify([{ target, isIntersecting }]);
}
function setPage(state: "visible" | "hidden"): void {
  page.visibilityState = state;
  page.dispatchEvent(new Event("visibilitychange"));
}

it("asks for what can be seen, in device pixels up to two for one, the stage first", () => {
  const [small, large, away] = [element(90), element(400), element(200)];
  visible.show(1, small, { onStage: true });
  visible.show(2, large);
  visible.show(3, away);
  expect(last()).toEqual([]);
  for (const one of [small, large]) see(one);
  expect(last()).toEqual([
    { trackId: 1, heightPx: 180, onStage: true },
    { trackId: 2, heightPx: 800 },
  ]);
  see(large, false);
  expect(last().map(({ trackId }) => trackId)).toEqual([1]);
});

it("asks for a track that is shown twice as large as the larger", () => {
  const [small, large] = [element(50), element(100)];
  visible.show(1, large);
  visible.show(1, small);
  for (const one of [small, large]) see(one);
  expect(last()).toEqual([{ trackId: 1, heightPx: 200 }]);
});

it("ends with the element's use, which may have gone to another track", () => {
  const one = element(100);
  const endFirst = visible.show(1, one);
  see(one);
  const endSecond = visible.show(2, one);
  expect(last()).toEqual([{ trackId: 2, heightPx: 200 }]);
  endFirst();
  expect(last()).toEqual([{ trackId: 2, heightPx: 200 }]);
  endSecond();
  expect(last()).toEqual([]);
});

it("asks for nothing while the page is hidden for more than a glance", () => {
  const one = element(100);
  visible.show(1, one);
  see(one);
  setPage("hidden");
  vi.advanceTimersByTime(4999);
  setPage("visible");
  vi.advanceTimersByTime(10_000);
  expect(last()).toHaveLength(1);
  setPage("hidden");
  vi.advanceTimersByTime(5000);
  expect(last()).toEqual([]);
  setPage("visible");
  expect(last()).toHaveLength(1);
});

it("keeps what has a small window of its own, whatever becomes of the page", () => {
  const [one, other] = [element(90), element(90)];
  for (const [index, target] of [one, other].entries()) {
    visible.show(index + 1, target);
    see(target);
  }
  page.pictureInPictureElement = other;
  page.dispatchEvent(new Event("enterpictureinpicture"));
  setPage("hidden");
  vi.advanceTimersByTime(10_000);
  expect(last().map(({ trackId }) => trackId)).toEqual([2]);
  page.pictureInPictureElement = null;
  page.dispatchEvent(new Event("leavepictureinpicture"));
  expect(last()).toEqual([]);
});
