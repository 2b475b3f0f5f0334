/** What a person does in a meeting, and what they see and hear there. */

import type { Mark } from "./barcode.ts";
import { type Client, type Person, people } from "./browsers.ts";
import { markIn } from "./picture.ts";
import { countVoices, loudness, WINDOW_MS } from "./voice.ts";

export interface JoinChoices {
  readonly withoutDevices?: boolean;
}

/** Comfort noise and codecs stay below; speech is well above the other. */
const SILENCE_DB = 15;
const SPEECH_DB = 35;

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
        const tap = context.createScriptProcessor(16384, 1, 1);
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

  async mute(): Promise<void> {
    if (await this.#isMuted()) return;
    await this.click("mic-button");
    await this.page.locator('[data-device=microphone][data-on="false"]').waitFor();
  }

  async unmute(): Promise<void> {
    if (!(await this.#isMuted())) return;
    await this.click("mic-button");
    await this.page.locator('[data-device=microphone][data-on="true"]').waitFor();
  }

  async #isMuted(): Promise<boolean> {
    return (await this.page.locator('[data-device=microphone][data-on="false"]').count()) > 0;
  }

  /** Waits for two seconds in which this person's element plays speech, and everybody else's none. */
  async hearsOnly(speaker: Person, attempts = 8): Promise<void> {
    const heard: Record<string, string>[] = [];
    for (let attempt = 0; attempt < attempts; attempt++) {
      const loudest = await this.#loudestByPerson(2);
      heard.push(Object.fromEntries([...loudest].map(([who, db]) => [who, db.toFixed(0)])));
      const others = [...loudest].filter(([who]) => who !== speaker);
      const isAlone = others.every(([, db]) => db < SILENCE_DB);
      if (isAlone && (loudest.get(speaker) ?? 0) > SPEECH_DB) return;
    }
    throw new Error(`${this.client.person} listens to ${speaker}: ${JSON.stringify(heard)}`);
  }

  /** Fails unless it is silent from half a second on. */
  async hearsNobody(): Promise<void> {
    // What was on its way and in the buffers is still heard.
    await this.page.waitForTimeout(500);
    for (const [person, db] of await this.#loudestByPerson(2)) {
      if (db >= SILENCE_DB) throw new Error(`${this.client.person} hears ${person} at ${db} dB`);
    }
  }

  /** The loudest moment of each person who has a tile, in dB above the floor of voice.ts. */
  async #loudestByPerson(seconds: number): Promise<Map<Person, number>> {
    const present: Person[] = [];
    for (const person of people) {
      if (person !== this.client.person && (await this.tile(person).count()) > 0) {
        present.push(person);
      }
    }
    const levels = await Promise.all(
      present.map(async (person): Promise<[Person, number]> => {
        const heard = await this.hear(await this.participantIdOf(person), seconds);
        return [person, Math.max(0, ...heard)];
      }),
    );
    return new Map(levels);
  }

  /** Waits until the voice of `person` is recognised; somebody else's voice is an error. */
  async hears(person: Person, attempts = 6): Promise<void> {
    const heard = new Map<Person, number>();
    for (let attempt = 0; attempt < attempts; attempt++) {
      const counts = countVoices(await this.hear(await this.participantIdOf(person), 5));
      for (const [other, count] of counts) heard.set(other, (heard.get(other) ?? 0) + count);
      const others = [...heard].filter(([other]) => other !== person);
      if (others.length > 0) break;
      if ((heard.get(person) ?? 0) >= 2) return;
    }
    throw new Error(
      `${this.client.person} listens to ${person}: ${JSON.stringify(Object.fromEntries(heard))}`,
    );
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
