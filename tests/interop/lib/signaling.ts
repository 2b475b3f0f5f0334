/** A participant's signaling, spoken from the contract alone: no line of our SDK is used here. */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  ClientMessageSchema,
  type Joined,
  type ServerMessage,
  ServerMessageSchema,
  SourceKind,
} from "../generated/conclave_pb.js";

export interface Session {
  readonly joined: Joined;
  readonly answer: string;
  /** Every message since the join, oldest first. */
  readonly messages: ServerMessage[];
  /** Asks for a video track at a height. */
  readonly want: (track: number, heightPx: number) => void;
  readonly close: () => void;
}

/** The names of the media sections in which an offer sends, by kind. */
function sentMids(offer: string, kind: "audio" | "video"): string[] {
  return offer
    .split(/^(?=m=)/m)
    .filter((section) => section.startsWith(`m=${kind} `) && /^a=sendonly\s*$/m.test(section))
    .flatMap((section) => /^a=mid:(\S+)/m.exec(section)?.[1] ?? []);
}

/** Joins with an offer that sends a microphone and a camera. */
export async function joinRoom(url: string, room: string, offer: string): Promise<Session> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/signal`, "conclave.v1");
  socket.binaryType = "arraybuffer";
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error("the WebSocket did not open"));
  });
  const messages: ServerMessage[] = [];
  const send = (message: Parameters<typeof create<typeof ClientMessageSchema>>[1]): void =>
    socket.send(toBinary(ClientMessageSchema, create(ClientMessageSchema, message)));
  const joined = new Promise<Joined>((resolve, reject) => {
    socket.onmessage = (event: MessageEvent<ArrayBuffer>) => {
      const message = fromBinary(ServerMessageSchema, new Uint8Array(event.data));
      messages.push(message);
      if (message.body.case === "joined") resolve(message.body.value);
      if (message.body.case === "error") reject(new Error(message.body.value.text));
    };
  });
  send({
    request: 1,
    body: {
      case: "join",
      value: {
        room,
        offerDeflated: deflateRawSync(offer),
        tracks: [
          ...sentMids(offer, "audio").map((mid) => ({ mid, source: SourceKind.MICROPHONE })),
          ...sentMids(offer, "video").map((mid) => ({ mid, source: SourceKind.CAMERA })),
        ],
        capabilities: { engine: "other", decodes: ["vp8"] },
        profile: new TextEncoder().encode(JSON.stringify({ n: "interop" })),
      },
    },
  });
  const reply = await joined;
  return {
    joined: reply,
    answer: inflateRawSync(reply.answerDeflated).toString(),
    messages,
    want: (track, heightPx) =>
      send({ body: { case: "layout", value: { tracks: [{ track, heightPx }] } } }),
    close: () => {
      send({ body: { case: "leave", value: {} } });
      socket.close();
    },
  };
}
