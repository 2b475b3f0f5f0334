/**
 * Sees a meeting as the server does: a guest without keys whose frames are taken as they come out of
 * SRTP. It then opens them with the test's keys, to know what must not be found in them.
 */
import { examine, type Seen, type SpyReport, type TestEpoch } from "@conclave/e2ee/testing";
import { trustedScriptUrl } from "../browser/trusted_types.ts";
import { join } from "../room/join.ts";

const SPY_TEXT = `onrtctransform = ({ transformer }) => {
  void transformer.readable.pipeTo(new WritableStream({
    write: (frame) => {
      const { mimeType } = frame.getMetadata();
      postMessage({ data: frame.data.slice(0), type: frame.type, mimeType });
    },
  }));
};`;

/** Joins and watches one camera; by codec. */
export async function spyOn(
  entry: { readonly room: string; readonly signalUrl: string; readonly keys: TestEpoch },
  displayName: string,
  ms: number,
): Promise<Record<string, SpyReport>> {
  const seen: Seen[] = [];
  divertFrames((one) => seen.push(one));
  const { room: name, signalUrl, keys } = entry;
  const room = await join({ room: name, displayName: "Spy", signalUrl });
  const until = performance.now() + ms;
  while (performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (const { profile, tracks } of room.participants.values()) {
      const camera = tracks.find(({ source }) => source === "camera");
      if (profile.displayName !== displayName || camera === undefined) continue;
      room.setLayout([{ trackId: camera.id, heightPx: 540 }]);
    }
  }
  await room.leave();
  const types = [...new Set(seen.map(({ mimeType }) => mimeType))];
  const reports = types.map(async (type): Promise<[string, SpyReport]> => {
    const ofType = seen.filter((one) => one.mimeType === type && one.data.byteLength > 0);
    return [type, await examine(ofType, keys)];
  });
  return Object.fromEntries(await Promise.all(reports));
}

/** All transforms of the page go to the spy's worker, whatever worker they were made for. */
function divertFrames(onSeen: (seen: Seen) => void): void {
  const scope = globalThis as unknown as {
    RTCRtpScriptTransform: new (worker: Worker, options?: object) => object;
  };
  const Original = scope.RTCRtpScriptTransform;
  const url = URL.createObjectURL(new Blob([SPY_TEXT], { type: "text/javascript" }));
  const worker = new Worker(trustedScriptUrl(url));
  worker.onmessage = ({ data }: MessageEvent<Seen>) => onSeen(data);
  scope.RTCRtpScriptTransform = class {
    constructor(_worker: Worker, options?: object) {
      // biome-ignore lint/correctness/noConstructorReturn: it stands for the browser's own.
      return new Original(worker, options);
    }
  };
}
