import { describe, expect, it } from "vitest";
import {
  type ClientBody,
  type ClientMessageInit,
  type DeepPartial,
  ErrorCode,
  ServerMessage,
} from "../protocol/index.ts";
import { type SignalOutput, SignalSession } from "./signal_session.ts";

const JOIN: ClientBody = { $case: "join", value: { room: "open/x" } };
const CHAT: ClientBody = { $case: "relay", value: { payload: Uint8Array.of(1) } };
const OFFER: ClientBody = { $case: "offer", value: {} };
/** No jitter. */
const MIDDLE = () => 0.5;

function message(init: DeepPartial<ServerMessage>): ServerMessage {
  return ServerMessage.fromPartial(init);
}

/** A session on a timeline: inputs at given times, outputs as short words. */
class Timeline {
  readonly session = new SignalSession(MIDDLE);
  now = 0;
  readonly sent: ClientMessageInit[] = [];

  take(): string[] {
    return this.session.takeOutput().map((output) => this.#word(output));
  }

  /** Runs the deadlines up to a time; words with the time at which they came. */
  until(untilMs: number): [number, string][] {
    const words: [number, string][] = [];
    for (let next = this.session.nextDeadlineMs(); next <= untilMs; ) {
      this.now = Math.max(this.now, next);
      this.session.onDeadline(this.now);
      words.push(...this.take().map((word): [number, string] => [this.now, word]));
      next = this.session.nextDeadlineMs();
    }
    this.now = untilMs;
    return words;
  }

  receive(init: DeepPartial<ServerMessage>): string[] {
    this.session.onMessage(this.now, message(init));
    return this.take();
  }

  /** Up to a session that stands. */
  joined(): this {
    this.session.start(this.now);
    this.session.join(this.now, JOIN);
    this.session.onOpen(this.now);
    this.receive({
      sequence: 1n,
      body: { $case: "joined", value: { resumeToken: Uint8Array.of(7) } },
    });
    return this;
  }

  close(): string[] {
    this.session.onClosed(this.now);
    return this.take();
  }
  open(): string[] {
    this.session.onOpen(this.now);
    return this.take();
  }

  #word(output: SignalOutput): string {
    if (output.type === "send") {
      this.sent.push(output.message);
      return `send ${output.message.body?.$case}`;
    }
    if (output.type === "message") return `message ${output.message.body?.$case}`;
    return output.type === "ended" ? `ended ${output.end}` : output.type;
  }
}

describe("joining", () => {
  it("opens the socket at once, and joins when both socket and offer are there", () => {
    for (const offerFirst of [true, false]) {
      const line = new Timeline();
      line.session.start(0);
      expect(line.take()).toEqual(["open"]);
      if (offerFirst) line.session.join(5, JOIN);
      else line.session.onOpen(5);
      expect(line.take()).toEqual([]);
      if (offerFirst) line.session.onOpen(9);
      else line.session.join(9, JOIN);
      expect(line.take()).toEqual(["send join"]);
    }
  });

  it("gives up a server that is not there after three attempts", () => {
    const line = new Timeline();
    line.session.start(0);
    line.session.join(0, JOIN);
    line.take();
    line.close();
    expect(line.until(299)).toEqual([]);
    expect(line.until(300)).toEqual([[300, "open"]]);
    line.close();
    expect(line.until(1500)).toEqual([[1500, "open"]]);
    expect(line.close()).toEqual(["close", "ended server-unreachable"]);
    expect(line.session.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it("does not wait for ever for an answer", () => {
    const line = new Timeline();
    line.session.start(0);
    line.session.join(0, JOIN);
    line.open();
    expect(line.until(10_000)).toEqual([[10_000, "close"]]);
    expect(line.until(10_300)).toEqual([[10_300, "open"]]);
  });

  it("passes the refusal on", () => {
    const line = new Timeline();
    line.session.start(0);
    line.session.join(0, JOIN);
    line.open();
    const error = { $case: "error", value: { code: ErrorCode.ROOM_FULL } } as const;
    expect(line.receive({ replyTo: 1, body: error })).toEqual(["message error"]);
    line.session.refuse();
    expect(line.take()).toEqual(["close", "ended refused"]);
  });
});

describe("a socket that is lost", () => {
  it("comes back at 0, 300, 1200, 2700, 4800, 7000 ms, and then every 10 s", () => {
    const line = new Timeline().joined();
    expect(line.close()).toEqual(["lost"]);
    const opened: number[] = [];
    for (let step = 0; step < 8; step++) {
      const began = line.now;
      const at = line.session.nextDeadlineMs();
      expect(line.until(at)).toEqual([[at, "open"]]);
      opened.push(at - began);
      line.close();
    }
    expect(opened).toEqual([0, 300, 1200, 2700, 4800, 7000, 10_000, 10_000]);
  });

  it("is resumed with the token and the last sequence, and hears each message once", () => {
    const line = new Timeline().joined();
    const roster = (sequence: bigint) => ({
      sequence,
      body: { $case: "roster", value: {} } as const,
    });
    expect(line.receive(roster(2n))).toEqual(["message roster"]);
    line.close();
    line.until(0);
    expect(line.open()).toEqual(["send resume"]);
    expect(line.sent.at(-1)?.body).toMatchObject({
      $case: "resume",
      value: { token: Uint8Array.of(7), lastSequence: 2n },
    });
    const resumed = { sequence: 5n, body: { $case: "resumed", value: {} } } as const;
    expect(line.receive(resumed)).toEqual(["resumed", "send ping"]);
    const words = [2n, 3n, 4n, 3n].flatMap((sequence) => line.receive(roster(sequence)));
    expect(words).toEqual(["message roster", "message roster"]);
  });

  it("keeps what was said meanwhile, and says it once the session stands", () => {
    const line = new Timeline().joined();
    line.close();
    line.session.send(CHAT);
    expect(line.take()).toEqual([]);
    line.until(0);
    line.open();
    const words = line.receive({ body: { $case: "resumed", value: {} } });
    expect(words).toEqual(["resumed", "send relay", "send ping"]);
  });

  it("repeats a request only if the server's answer is not among what it repeats", () => {
    for (const answered of [true, false]) {
      const line = new Timeline().joined();
      const request = line.session.request(OFFER);
      expect(line.take()).toEqual(["send offer"]);
      line.close();
      line.until(0);
      line.open();
      line.receive({ body: { $case: "resumed", value: {} } });
      const barrier = line.sent.at(-1)?.body;
      if (barrier?.$case !== "ping") throw new Error("no ping after the resume");
      const answer = { $case: "answer", value: {} } as const;
      if (answered) line.receive({ sequence: 2n, replyTo: request, body: answer });
      const pong = { $case: "pong", value: { value: barrier.value?.value ?? 0n } } as const;
      expect(line.receive({ body: pong })).toEqual(answered ? [] : ["send offer"]);
    }
  });

  it("is joined anew on the same socket when the server does not know it", () => {
    const line = new Timeline().joined();
    line.close();
    line.until(0);
    line.open();
    const error = { $case: "error", value: { code: ErrorCode.RESUME_UNKNOWN } } as const;
    expect(line.receive({ body: error })).toEqual(["offer-wanted"]);
    line.session.join(line.now, JOIN);
    expect(line.take()).toEqual(["send join"]);
    const again = { sequence: 1n, body: { $case: "joined", value: {} } } as const;
    expect(line.receive(again)).toEqual(["message joined"]);
    expect(line.session.standing).toBe(true);
  });

  it("is tried again at once when the network is back", () => {
    const line = new Timeline().joined();
    line.close();
    for (const at of [0, 300]) {
      line.until(at);
      line.close();
    }
    line.now = 500;
    line.session.onOnline(500);
    expect(line.take()).toEqual(["open"]);
  });

  it("is given up after two minutes", () => {
    const line = new Timeline().joined();
    line.close();
    const words: [number, string][] = [];
    while (!line.session.ended && line.now < 600_000) {
      words.push(...line.until(line.session.nextDeadlineMs()));
      words.push(...line.close().map((word): [number, string] => [line.now, word]));
    }
    expect(words.at(-1)?.[1]).toBe("ended server-gone");
    expect(words.at(-1)?.[0]).toBeGreaterThan(110_000);
    expect(words.at(-1)?.[0]).toBeLessThan(140_000);
  });

  it("is spread by jitter", () => {
    const delays = [0, 0.999].map((random) => {
      const session = new SignalSession(() => random);
      session.start(0);
      session.onClosed(0);
      return session.nextDeadlineMs();
    });
    expect(delays).toEqual([225, 375]);
  });
});

describe("a socket that only seems to live", () => {
  it("is found within 15 s by a ping that is not answered", () => {
    const line = new Timeline().joined();
    expect(line.until(9_999)).toEqual([]);
    expect(line.until(15_000)).toEqual([
      [10_000, "send ping"],
      [15_000, "close"],
      [15_000, "lost"],
      [15_000, "open"],
    ]);
  });

  it("lives as long as anything arrives, with a ping every 10 s", () => {
    const line = new Timeline().joined();
    const pings: number[] = [];
    for (let round = 0; round < 3; round++) {
      pings.push(...line.until(line.session.nextDeadlineMs()).map(([at]) => at));
      line.receive({ body: { $case: "levels", value: {} } });
    }
    expect(pings).toEqual([10_000, 20_000, 30_000]);
  });

  it("is asked at once when the browser says that it is online again", () => {
    const line = new Timeline().joined();
    line.now = 3_000;
    line.session.onOnline(3_000);
    expect(line.take()).toEqual(["send ping"]);
    expect(line.until(8_000)[0]).toEqual([8_000, "close"]);
  });
});

describe("a transport that failed", () => {
  const failed = { $case: "error", value: { code: ErrorCode.TRANSPORT_FAILED } } as const;

  it("as the server says means joining again over the same socket", () => {
    const line = new Timeline().joined();
    expect(line.receive({ body: failed })).toEqual(["lost", "offer-wanted"]);
    line.session.join(0, JOIN);
    expect(line.take()).toEqual(["send join"]);
  });

  it("as this client says means leaving, and joining again with a new offer", () => {
    const line = new Timeline().joined();
    line.session.rejoin(0);
    expect(line.take()).toEqual(["send leave", "lost", "close", "offer-wanted"]);
    expect(line.until(0)).toEqual([[0, "open"]]);
    line.session.join(0, JOIN);
    expect(line.open()).toEqual(["send join"]);
  });

  it("over and over ends the meeting", () => {
    const line = new Timeline().joined();
    let rounds = 0;
    for (; !line.session.ended && rounds < 20; rounds++) {
      // As long as the server waits for a media path, and a round trip.
      line.now += 30_100;
      line.receive({ body: failed });
      line.session.join(line.now, JOIN);
      line.receive({ sequence: 1n, body: { $case: "joined", value: {} } });
    }
    expect(rounds).toBe(6);
  });
});

describe("a hostile server", () => {
  it("cannot make a session stand that did not ask", () => {
    const line = new Timeline();
    line.session.start(0);
    line.open();
    expect(line.receive({ body: { $case: "joined", value: {} } })).toEqual([]);
    expect(line.receive({ body: { $case: "resumed", value: {} } })).toEqual([]);
    expect(line.session.standing).toBe(false);
  });
});

describe("leaving", () => {
  it("says so, closes, and is silent for good", () => {
    const line = new Timeline().joined();
    line.session.leave();
    expect(line.take()).toEqual(["send leave", "close", "ended left"]);
    line.session.send(CHAT);
    line.session.onOnline(1);
    line.session.onClosed(1);
    expect(line.take()).toEqual([]);
    expect(line.session.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("in the lobby", () => {
  function knocking(): Timeline {
    const line = new Timeline();
    line.session.start(line.now);
    line.session.join(line.now, JOIN);
    line.take();
    line.open();
    expect(line.receive({ replyTo: 1, body: { $case: "waiting", value: { number: 4 } } })).toEqual([
      "message waiting",
    ]);
    return line;
  }

  it("waits for as long as it takes, with a sign of life every ten seconds", () => {
    const line = knocking();
    for (let second = 10; second <= 600; second += 10) {
      expect(line.until(second * 1000).map(([, word]) => word)).toEqual(["send ping"]);
      line.receive({ body: { $case: "pong", value: {} } });
    }
    const joined = { $case: "joined", value: { resumeToken: Uint8Array.of(7) } } as const;
    expect(line.receive({ sequence: 1n, body: joined })).toEqual(["message joined"]);
    expect(line.session.standing).toBe(true);
  });

  it("knocks again after the socket is lost", () => {
    const line = knocking();
    expect(line.close()).toEqual([]);
    line.until(line.now + 5_000);
    expect(line.open()).toEqual(["send join"]);
  });

  it("talks, but keeps nothing for later", () => {
    const line = knocking();
    line.session.tell(CHAT);
    expect(line.take()).toEqual(["send relay"]);
    line.close();
    line.session.tell(CHAT);
    expect(line.take()).toEqual([]);
  });
});
