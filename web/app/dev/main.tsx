/** The client on a fake room: `npm run dev -w web/app`, then any address with `?fake`. */
import "@preact/signals";
import { startApp } from "../src/start.tsx";
import { joinFake, lookFake } from "./fakeCall.ts";
import { personTrack } from "./fakePeople.ts";

const camera = personTrack(11);
const openReal = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
if (new URLSearchParams(location.search).has("drawn")) {
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const stream = await openReal(constraints);
    for (const track of stream.getVideoTracks()) {
      stream.removeTrack(track);
      track.stop();
      stream.addTrack(camera.clone());
    }
    return stream;
  };
}

startApp(async () => ({ ...(await import("../src/call.tsx")), join: joinFake, look: lookFake }));
