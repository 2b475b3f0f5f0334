import type {
  JoinOptions,
  QualityLevel,
  Room,
  Sight,
  SourceKind,
  WaitingPerson,
} from "@conclave/sdk";
import { FakeRoom } from "@conclave/sdk/testing";
import { personTrack, screenTrack } from "./fakePeople.ts";

const NAMES = [
  "Ana Ferreira",
  "Ben Okafor",
  "Chloé Martin",
  "Dmitri Volkov",
  "Emi Tanaka",
  "Farid Rahimi",
  "Greta Lindqvist",
  "Hugo",
  "Inés Valdés",
  "Jan-Willem van den Berg",
  "Kofi",
  "李雷",
];

declare global {
  interface Window {
    /** For scripts that drive the interface: the room behind it. */
    fake?: FakeRoom;
    fakeDoor?: () => void;
  }
}

/**
 * Joins a room that exists in this page only. `?people=3&screen=1&speaker=0` say who is in it,
 * `waiting=2` how many wait to be let in, `lobby` that this person does, `direct` that the way is, `leftout=2` whose pictures the network has no room for, `upload=poor&download=fair&weak=1` how well
 * it does.
 */
export async function joinFake(options: JoinOptions): Promise<Room> {
  const parameters = new URLSearchParams(location.search);
  const number = (name: string, otherwise: number) => Number(parameters.get(name) ?? otherwise);
  const fail = parameters.get("fail");
  if (fail !== null) throw Object.assign(new Error(fail), { code: fail });
  await new Promise((resolve) => setTimeout(resolve, number("delay", 300)));
  if (parameters.has("lobby")) await waitInLobby(options);
  const sealed = {
    state: "sealed",
    people: number("people", 3) + 1,
    epoch: 1,
    locked: false,
    moderates: true,
    direct: parameters.has("direct"),
  } as const;
  const room = new FakeRoom({
    displayName: options.displayName,
    now: () => Date.now(),
    ...(options.room.startsWith("r/") && { encryption: sealed }),
  });
  window.fake = room;
  if (options.microphone) await room.publish("microphone", options.microphone);
  if (options.camera) await room.publish("camera", options.camera);
  for (let person = 0; person < number("people", 3); person++) {
    addPerson(room, person, person < number("leftout", 0));
  }
  const presenter = [...room.participants.values()].find((p) => !p.isLocal);
  if (number("screen", 0) > 0 && presenter) share(room, presenter.id);
  speak(room, number("speaker", -1));
  const level = (name: string) => (parameters.get(name) ?? "good") as QualityLevel;
  const weak = [...room.participants.keys()][number("weak", -1) + 1];
  room.setQuality({
    upload: level("upload"),
    download: level("download"),
    participants: new Map(weak === undefined || !parameters.has("weak") ? [] : [[weak, "poor"]]),
  });
  if (number("hands", 0) > 0 && presenter) room.update(presenter.id, { handRaisedAt: 1 });
  const waiting = NAMES.slice(-number("waiting", 0)).map((name, index) => {
    return { number: index + 1, name };
  });
  if (parameters.has("waiting")) setTimeout(() => knock(room, waiting), 1000);
  return room;
}

/** `sight=3` how many are in, with what `door=lobby` or `door=passcode`; `recorded`. */
export async function lookFake(): Promise<Sight> {
  const parameters = new URLSearchParams(location.search);
  const door = parameters.get("door");
  return {
    participants: Number(parameters.get("sight") ?? 0),
    passcode: door === "passcode",
    lobby: door === "lobby",
    locked: door === "locked",
    recorded: parameters.has("recorded"),
  };
}

function knock(room: FakeRoom, waiting: readonly WaitingPerson[]): void {
  room.setLobby(waiting);
  room.receiveLobbyWord(1, "It is me, from the sales team.");
}

/** Until `window.fakeDoor()` lets this person in. */
function waitInLobby({ onWaiting, signal }: JoinOptions): Promise<void> {
  let heard: ((text: string) => void) | undefined;
  onWaiting?.({
    say: () => setTimeout(() => heard?.("One moment, please."), 300),
    onWord: (listener) => {
      heard = listener;
    },
  });
  return new Promise((resolve, reject) => {
    window.fakeDoor = resolve;
    signal?.addEventListener("abort", () => reject(signal.reason));
  });
}

function addPerson(room: FakeRoom, person: number, leftOut: boolean): void {
  const sources: SourceKind[] = person % 4 === 2 ? ["microphone"] : ["microphone", "camera"];
  const name = NAMES[person % NAMES.length] ?? "";
  const { tracks } = room.addParticipant(name, sources);
  for (const track of tracks) {
    if (track.source === "camera") {
      const reason = leftOut ? "lack-of-rate" : undefined;
      room.showMedia(track.id, personTrack(person, person === 5), leftOut, undefined, reason);
    } else if (person % 3 === 1) room.setTrackMuted(track.id, true);
  }
}

function share(room: FakeRoom, presenterId: number): void {
  const presenter = room.participants.get(presenterId);
  const id = 100_000 + presenterId;
  const screen = { id, source: "screen-video", muted: false } as const;
  room.update(presenterId, { tracks: [...(presenter?.tracks ?? []), screen] });
  room.showMedia(id, screenTrack());
}

/** Somebody talks, so that rings and meters move. */
function speak(room: FakeRoom, person: number): void {
  const speaker = [...room.participants.values()].filter((p) => !p.isLocal)[person];
  if (speaker === undefined) return;
  room.setDominantSpeaker(speaker.id);
  setInterval(() => {
    const level = 0.35 + 0.3 * Math.sin(performance.now() / 180);
    room.setLevels(new Map([[speaker.id, level]]));
  }, 100);
}
