import type { EncryptionState, Room } from "@conclave/sdk";
import { t } from "../messages/messages.ts";
import { cell, type Readable } from "./cells.ts";
import type { Clock } from "./clock.ts";
import type { Notices } from "./notices.ts";

/** What stands behind the lock of an encrypted meeting. */
export interface Encryption {
  /** Undefined: the meeting is not end-to-end encrypted. */
  readonly state: Readable<EncryptionState | undefined>;
  /** Who share the keys, this person included. */
  readonly people: Readable<number>;
  /** What all see alike, in groups of five digits; empty until it is worked out. */
  readonly code: Readable<readonly string[]>;
  /** Something to say above the stage: it takes longer than a moment. */
  readonly trouble: Readable<Exclude<EncryptionState, "sealed"> | undefined>;
  readonly locked: Readable<boolean>;
  /** There is no link with a secret: whoever knows the meeting's name may come. */
  readonly isNamed: boolean;
  /** Whether this person may lock the meeting and remove people. */
  readonly moderates: Readable<boolean>;
  setLocked(locked: boolean): void;
  /** Whether the code is looked at: it is worked out only then. */
  setOpen(open: boolean): void;
  stop(): void;
}

/** Who is let in at once needs no word. */
const PATIENCE_MS = 1500;

export function createEncryption(
  room: Room,
  clock: Clock,
  notices: Notices,
  isNamed: boolean,
): Encryption {
  const state = cell(room.encryption?.state);
  const people = cell(room.encryption?.people ?? 0);
  const locked = cell(room.encryption?.locked ?? false);
  const moderates = cell(room.encryption?.moderates ?? false);
  const code = cell<readonly string[]>([]);
  const trouble = cell<Exclude<EncryptionState, "sealed"> | undefined>(undefined);
  let cancel: (() => void) | undefined;
  let isOpen = false;

  const workOut = () => {
    code.value = [];
    const epoch = room.encryption?.epoch;
    if (!isOpen || room.encryption?.state !== "sealed") return;
    void room.roomCode().then((text) => {
      // Somebody came or went meanwhile: another code is on its way.
      if (room.encryption?.epoch === epoch) code.value = text.split(" ");
    });
  };
  const follow = () => {
    const now = room.encryption;
    state.value = now?.state;
    people.value = now?.people ?? 0;
    moderates.value = now?.moderates ?? false;
    if (now?.state === "sealed" && now.locked !== locked.peek()) {
      locked.value = now.locked;
      // Told to all: who is kept out must not wonder why nobody comes.
      notices.show(t(now.locked ? "notice.locked" : "notice.unlocked"), { topic: "lock" });
    }
    workOut();
    if (now === undefined || now.state === "sealed") {
      cancel?.();
      cancel = undefined;
      trouble.value = undefined;
    } else {
      cancel ??= clock.after(PATIENCE_MS, () => {
        const later = room.encryption?.state;
        trouble.value = later === "sealed" ? undefined : later;
      });
    }
  };
  const stopEvents = room.on("encryption", follow);
  follow();
  return {
    state,
    people,
    code,
    trouble,
    locked,
    moderates,
    isNamed,
    setLocked: (locked) => room.moderate({ type: "set-rules", rules: { locked } }),
    setOpen(open) {
      isOpen = open;
      workOut();
    },
    stop() {
      stopEvents();
      cancel?.();
    },
  };
}
