/**
 * Bundled into the bare page of tests/e2e/ghost.test.ts: a participant whom the server brings into an
 * encrypted room. It does all that a client of an open room does, and has no keys.
 */
import { browserPlatform } from "../browser/platform.ts";
import { ClientMessage } from "../protocol/index.ts";
import { Conference } from "../room/conference.ts";
import { GROUP_PROTOCOL } from "../room/group_side.ts";
import { drawnCamera, tone } from "./drawn_media.ts";

interface Entry {
  readonly room: string;
  readonly signalUrl: string;
  readonly identity: number;
  readonly toneHz: number;
}

export interface GhostReport {
  /** The server's list, itself included. */
  readonly people: number;
  /** Of camera and microphone, sent by the members. */
  readonly videoBytes: number;
  readonly audioBytes: number;
  readonly framesDecoded: number;
  readonly sent: number;
}

let room: Conference | undefined;
const reports: RTCPeerConnection[] = [];

window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    reports.push(this);
  }
};

/** Says that it seals what it sends, or the server would refuse it. */
window.WebSocket = class extends WebSocket {
  override send(data: Uint8Array<ArrayBuffer>): void {
    const message = ClientMessage.decode(data);
    if (message.body?.$case === "join") message.body.value.groupProtocol = GROUP_PROTOCOL;
    super.send(ClientMessage.encode(message).finish());
  }
};

const ghostPage = {
  join: async ({ room: address, signalUrl, identity, toneHz }: Entry): Promise<void> => {
    const marks = [identity.toString(2).padStart(32, "0")];
    const camera = drawnCamera({ marks, width: 320, height: 180, framesPerSecond: 5 });
    const options = { room: address, displayName: "Mallory", signalUrl };
    const tracks = { camera, microphone: tone(toneHz) };
    room = new Conference(browserPlatform(), { ...options, ...tracks }, signalUrl);
    room.on("media", ({ remoteMedia }) => {
      for (const { mediaTrack } of remoteMedia) {
        if (document.getElementById(mediaTrack.id) !== null) continue;
        const element = document.createElement(mediaTrack.kind === "video" ? "video" : "audio");
        Object.assign(element, { id: mediaTrack.id, muted: true, autoplay: true });
        element.srcObject = new MediaStream([mediaTrack]);
        document.body.append(element);
      }
    });
    await room.start();
  },
  watchAll: (): void => {
    const cameras = [...(room?.participants.values() ?? [])].flatMap(({ tracks }) =>
      tracks.filter(({ source }) => source === "camera"),
    );
    room?.setLayout(cameras.map(({ id }) => ({ trackId: id, heightPx: 180 })));
  },
  report: async (): Promise<GhostReport> => {
    const sums = { videoBytes: 0, audioBytes: 0, framesDecoded: 0, sent: 0 };
    for (const connection of reports) {
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type === "outbound-rtp") sums.sent += entry.packetsSent;
        if (entry.type !== "inbound-rtp") continue;
        if (entry.kind === "audio") sums.audioBytes += entry.bytesReceived;
        else {
          sums.videoBytes += entry.bytesReceived;
          sums.framesDecoded += entry.framesDecoded;
        }
      }
    }
    return { people: room?.participants.size ?? 0, ...sums };
  },
};

export type GhostPage = typeof ghostPage;
Object.assign(window, { ghostPage });
