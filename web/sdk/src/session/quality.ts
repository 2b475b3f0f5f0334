/**
 * How well this client's connection does, from one look at it. Pure; QualityMeter makes something
 * steady of it.
 */
import type { ParticipantId, QualityLevel, TrackId } from "../room/types.ts";

/** What goes from here to the server. */
export interface UploadLook {
  /** The largest of what is sent, 0 .. 1; undefined where nothing is known of it. */
  readonly lossRatio: number | undefined;
  readonly roundTripMs: number | undefined;
  /** The encoder of a picture is held back by the network. */
  readonly heldBack: boolean;
  /** What the browser thinks that the network takes. */
  readonly availableKbps: number | undefined;
}

/** One of the tracks that arrive here. */
export interface ArrivingTrack {
  readonly trackId: TrackId;
  readonly participantId: ParticipantId;
  readonly lossRatio: number;
  /** Of sound, 0 .. 1. */
  readonly concealedRatio: number;
  readonly frozen: boolean;
  /** The server left the picture out, as this client's network has no room for it. */
  readonly leftOut: boolean;
}

export interface QualityLook {
  readonly upload: QualityLevel;
  readonly download: QualityLevel;
  /** Who has trouble that this client's download does not explain. */
  readonly participants: ReadonlyMap<ParticipantId, QualityLevel>;
}

/** Repair hides less than this; more is heard. */
const LOSS = { fair: 0.03, poor: 0.1 };
/** ITU-T G.114: from 400 ms one way people talk into each other. */
const ROUND_TRIP_MS = { fair: 400, poor: 800 };
/** The smallest picture and sound need the lower; a picture that fills a tile the upper one. */
const HELD_BACK_KBPS = { fair: 600, poor: 200 };
/** Of the sound that is made up: a syllable now and then, or whole words. */
const CONCEALED = { fair: 0.02, poor: 0.08 };

const ORDER: readonly QualityLevel[] = ["good", "fair", "poor"];

export function worst(...levels: readonly QualityLevel[]): QualityLevel {
  return ORDER[Math.max(0, ...levels.map((level) => ORDER.indexOf(level)))] ?? "good";
}

export function rateUpload(look: UploadLook): QualityLevel {
  const { lossRatio = 0, roundTripMs = 0, heldBack, availableKbps } = look;
  const levels = [above(lossRatio, LOSS), above(roundTripMs, ROUND_TRIP_MS)];
  if (heldBack && availableKbps !== undefined) levels.push(below(availableKbps, HELD_BACK_KBPS));
  return worst(...levels);
}

/**
 * Trouble with most of what arrives is this client's own download; trouble with the tracks of a few
 * is theirs. `weakUploads` are those who say that their own upload is not good: what is wrong with
 * their tracks says nothing of this client.
 */
export function rateArriving(
  tracks: readonly ArrivingTrack[],
  weakUploads: ReadonlyMap<ParticipantId, QualityLevel>,
): Omit<QualityLook, "upload"> {
  const judged = tracks.map((track) => ({ ...track, level: rateTrack(track) }));
  const innocent = judged.filter(({ participantId }) => !weakUploads.has(participantId));
  const troubled = innocent.filter(({ level }) => level !== "good");
  const people = new Set(innocent.map(({ participantId }) => participantId));
  const troubledPeople = new Set(troubled.map(({ participantId }) => participantId));
  const isMine = troubledPeople.size * 2 > people.size;
  const leftOut = judged.some((track) => track.leftOut);
  const mine = isMine ? worst(...troubled.map(({ level }) => level)) : "good";
  const participants = new Map(weakUploads);
  if (!isMine) {
    for (const { participantId, level } of troubled) {
      participants.set(participantId, worst(level, participants.get(participantId) ?? "good"));
    }
  }
  return { download: leftOut ? "poor" : mine, participants };
}

function rateTrack({ lossRatio, concealedRatio, frozen }: ArrivingTrack): QualityLevel {
  return worst(
    above(lossRatio, LOSS),
    above(concealedRatio, CONCEALED),
    // A still picture with sound can be followed.
    frozen ? "fair" : "good",
  );
}

interface Limits {
  readonly fair: number;
  readonly poor: number;
}

function above(value: number, limits: Limits): QualityLevel {
  if (value >= limits.poor) return "poor";
  return value >= limits.fair ? "fair" : "good";
}

function below(value: number, limits: Limits): QualityLevel {
  if (value < limits.poor) return "poor";
  return value < limits.fair ? "fair" : "good";
}
