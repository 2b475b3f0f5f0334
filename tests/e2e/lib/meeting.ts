/** What a person does in a meeting, and what they see and hear there. */

import type { Mark } from "./barcode.ts";
import type { Client, Person } from "./browsers.ts";
import { markIn } from "./picture.ts";
import { loudness, rankVoices, WINDOW_MS } from "./voice.ts";

export interface JoinChoices {
  readonly withoutDevices?: boolean;
}

/** The right recording correlates by 0.9 and more, a wrong one by 0.5 at most. */
const CLEAR_LIKENESS = 0.7;

function isClear({ likeness }: { readonly likeness: number }): boolean {
  return likeness >= CLEAR_LIKENESS;
}

export class Meeting {
  readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  get page() {
    return this.client.page;
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.page.getByTestId("name-input").fill(this.client.person);
  }

  async join(url: string, choices: JoinChoices = {}): Promise<void> {
    await this.open(url);
    await this.page.getByTestId(choices.withoutDevices ? "join-without" : "join-button").click();
    await this.page.getByTestId("leave-button").waitFor();
  }

  async click(testId: string): Promise<void> {
    await this.page.getByTestId(testId).click();
  }

  /** The remote or local tile of somebody, found by the name written on it. */
  tile(person: Person, source = "camera") {
    return this.page
      .locator(`[data-testid=tile][data-source="${source}"]`)
      .filter({ hasText: person })
      .first();
  }

  async participantIdOf(person: Person): Promise<string> {
    return (await this.tile(person).getAttribute("data-participant")) ?? "";
  }

  /** The mark in what a tile's video shows at this moment; undefined: none can be read. */
  async mark(person: Person, source = "camera"): Promise<Mark | undefined> {
    const video = this.tile(person, source).locator("video");
    if ((await video.count()) === 0) return undefined;
    return markIn(video.first());
  }

  /** Waits until a tile shows the picture of `identity`, and a later frame of it after that. */
  async seesMoving(person: Person, identity: number, timeoutMs = 15000, source = "camera") {
    const deadline = Date.now() + timeoutMs;
    let first: Mark | undefined;
    let last: Mark | undefined;
    while (Date.now() < deadline) {
      last = await this.mark(person, source);
      if (last?.identity === identity) {
        first ??= last;
        if (last.frame !== first.frame) return last;
      }
      await this.page.waitForTimeout(60);
    }
    throw new Error(
      `${this.client.person} does not see ${person} (${identity}) moving: ${JSON.stringify({ first, last })}`,
    );
  }

  /** What the audio element of a participant plays for `seconds`, as loudness of 20 ms windows. */
  async hear(participant: string, seconds: number): Promise<number[]> {
    const energies = await this.page.evaluate(
      async ({ id, duration, windowMs }) => {
        const element = document.querySelector<HTMLAudioElement>(`audio[data-participant="${id}"]`);
        const stream = element?.srcObject;
        if (!(stream instanceof MediaStream)) return [];
        const context = new AudioContext();
        await context.resume();
        const source = context.createMediaStreamSource(stream);
        const tap = context.createScriptProcessor(4096, 1, 1);
        const size = Math.round((context.sampleRate * windowMs) / 1000);
        const windows: number[] = [];
        let energy = 0;
        let filled = 0;
        tap.onaudioprocess = (event) => {
          for (const sample of event.inputBuffer.getChannelData(0)) {
            energy += sample * sample;
            if (++filled < size) continue;
            windows.push(energy / size);
            energy = 0;
            filled = 0;
          }
        };
        source.connect(tap);
        tap.connect(context.destination);
        await new Promise((resolve) => setTimeout(resolve, duration * 1000));
        tap.disconnect();
        source.disconnect();
        await context.close();
        return windows;
      },
      { id: participant, duration: seconds, windowMs: WINDOW_MS },
    );
    return energies.map(loudness);
  }

  /** Whose recording the voice of `person` is most like, and by how much more than the next. */
  async voiceOf(person: Person, seconds = 5) {
    const heard = await this.hear(await this.participantIdOf(person), seconds);
    const [first, second] = rankVoices(heard);
    const loudest = Math.max(0, ...heard);
    return {
      person: loudest > 15 ? first?.person : undefined,
      likeness: first?.likeness ?? 0,
      margin: (first?.likeness ?? 0) - (second?.likeness ?? 0),
      loudest,
    };
  }

  /**
   * Waits until the voice of `person` is heard for what it is. Four browsers on two cores drop sound
   * now and then, so an unclear hearing is repeated; somebody else's voice is an error at once.
   */
  async hears(person: Person, attempts = 6): Promise<void> {
    let voice = await this.voiceOf(person);
    for (let attempt = 1; attempt < attempts && !isClear(voice); attempt++) {
      voice = await this.voiceOf(person);
    }
    if (!isClear(voice) || voice.person !== person) {
      throw new Error(`${this.client.person} listens to ${person}: ${JSON.stringify(voice)}`);
    }
  }

  /** Sum of a counter over the inbound video of every peer connection of the page. */
  async inbound(
    counter: "freezeCount" | "framesDecoded" | "packetsLost" | "packetsReceived",
    kind = "video",
  ) {
    return this.page.evaluate(
      async ({ name, media }) => {
        const connections = (window as unknown as { peerConnections: RTCPeerConnection[] })
          .peerConnections;
        let sum = 0;
        for (const connection of connections) {
          for (const report of (await connection.getStats()).values()) {
            if (report.type === "inbound-rtp" && report.kind === media) sum += report[name] ?? 0;
          }
        }
        return sum;
      },
      { name: counter, media: kind },
    );
  }
}
