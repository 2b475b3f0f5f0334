/** Two WebRTC stacks that share no code with the browsers or with us, behind one small interface. */
import {
  Audio,
  cleanup,
  PeerConnection,
  RtcpReceivingSession,
  type Track,
  Video,
} from "node-datachannel";
import {
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  type RTCRtpTransceiver,
} from "werift";

export type Kind = "audio" | "video";

export interface MediaPeer {
  readonly name: string;
  /** An offer with a microphone and a camera (sendonly) and one receive slot of each kind. */
  readonly offer: () => Promise<string>;
  readonly accept: (answer: string) => Promise<void>;
  readonly connected: Promise<void>;
  /** A whole RTP packet; SSRC and payload type are made to fit. */
  readonly send: (kind: Kind, packet: Buffer) => void;
  readonly onReceived: (listener: (kind: Kind, packet: Buffer) => void) => void;
  readonly close: () => void | Promise<void>;
}

const OPUS = 111;
const VP8 = 96;

/** libdatachannel: libjuice's ICE, its own DTLS glue, libsrtp. */
export function libdatachannelPeer(): MediaPeer {
  const connection = new PeerConnection("interop", {
    iceServers: [],
    disableAutoNegotiation: true,
  });
  const ssrcs = { audio: 0x11000001, video: 0x11000002 };
  const audioSection = (mid: string, direction: "SendOnly" | "RecvOnly"): Audio => {
    const section = new Audio(mid, direction);
    section.addOpusCodec(OPUS);
    if (direction === "SendOnly") section.addSSRC(ssrcs.audio, "interop", "interop", mid);
    return section;
  };
  const videoSection = (mid: string, direction: "SendOnly" | "RecvOnly"): Video => {
    const section = new Video(mid, direction);
    section.addVP8Codec(VP8);
    if (direction === "SendOnly") section.addSSRC(ssrcs.video, "interop", "interop", mid);
    return section;
  };
  const senders = {
    audio: connection.addTrack(audioSection("mic", "SendOnly")),
    video: connection.addTrack(videoSection("cam", "SendOnly")),
  };
  const receivers: [Kind, Track][] = [
    ["audio", connection.addTrack(audioSection("slot-a", "RecvOnly"))],
    ["video", connection.addTrack(videoSection("slot-v", "RecvOnly"))],
  ];
  for (const [, track] of receivers) track.setMediaHandler(new RtcpReceivingSession());
  const connected = new Promise<void>((resolve) => {
    connection.onStateChange((state) => {
      if (state === "connected") resolve();
    });
  });
  return {
    name: "libdatachannel",
    connected,
    offer: async () => {
      const gathered = new Promise<void>((resolve) => {
        connection.onGatheringStateChange((state) => {
          if (state === "complete") resolve();
        });
      });
      connection.setLocalDescription("offer");
      await gathered;
      return connection.localDescription()?.sdp ?? "";
    },
    accept: async (answer) => connection.setRemoteDescription(answer, "answer"),
    send: (kind, packet) => {
      if (!senders[kind].isOpen()) return;
      packet.writeUInt32BE(ssrcs[kind], 8);
      packet[1] = ((packet[1] ?? 0) & 0x80) | (kind === "audio" ? OPUS : VP8);
      senders[kind].sendMessageBinary(packet);
    },
    onReceived: (listener) => {
      for (const [kind, track] of receivers) track.onMessage((packet) => listener(kind, packet));
    },
    close: () => connection.close(),
  };
}

/** werift: ICE, DTLS and SRTP in TypeScript. */
export function weriftPeer(): MediaPeer {
  const connection = new RTCPeerConnection({
    iceServers: [],
    // Its transports for the other sections would outlive the connection and keep the process.
    bundlePolicy: "max-bundle",
    codecs: {
      audio: [
        new RTCRtpCodecParameters({
          mimeType: "audio/opus",
          clockRate: 48000,
          channels: 2,
          payloadType: OPUS,
        }),
      ],
      video: [
        new RTCRtpCodecParameters({
          mimeType: "video/VP8",
          clockRate: 90000,
          payloadType: VP8,
          rtcpFeedback: [{ type: "nack" }, { type: "nack", parameter: "pli" }],
        }),
      ],
    },
  });
  const senders = {
    audio: new MediaStreamTrack({ kind: "audio" }),
    video: new MediaStreamTrack({ kind: "video" }),
  };
  const named = (transceiver: RTCRtpTransceiver, mid: string): RTCRtpTransceiver => {
    transceiver.mid = mid;
    return transceiver;
  };
  named(connection.addTransceiver(senders.audio, { direction: "sendonly" }), "mic");
  named(connection.addTransceiver(senders.video, { direction: "sendonly" }), "cam");
  named(connection.addTransceiver("audio", { direction: "recvonly" }), "slot-a");
  named(connection.addTransceiver("video", { direction: "recvonly" }), "slot-v");
  return {
    name: "werift",
    connected: new Promise<void>((resolve) => {
      connection.connectionStateChange.subscribe((state) => {
        if (state === "connected") resolve();
      });
    }),
    offer: async () => {
      await connection.setLocalDescription(await connection.createOffer());
      return connection.localDescription?.sdp ?? "";
    },
    accept: async (answer) => connection.setRemoteDescription({ type: "answer", sdp: answer }),
    send: (kind, packet) => senders[kind].writeRtp(packet),
    onReceived: (listener) => {
      connection.onTrack.subscribe((track) => {
        track.onReceiveRtp.subscribe((packet) =>
          listener(track.kind === "audio" ? "audio" : "video", packet.serialize()),
        );
      });
    },
    close: () => connection.close(),
  };
}

/** Ends libdatachannel's threads, when every peer is closed. */
export function endStacks(): void {
  cleanup();
}
