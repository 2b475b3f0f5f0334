import { describe, expect, it } from "vitest";
import { RosterDelta, Role as WireRole, SourceKind as WireSource } from "../protocol/index.ts";
import type { GroupRoster } from "../room/group_side.ts";
import type { RemoteMedia, SourceKind } from "../room/types.ts";
import { encodePresence } from "./presence.ts";
import { SealedRoster } from "./sealed_roster.ts";

const [ME, BEN, CLEO] = [1, 2, 3].map((byte) => new Uint8Array(16).fill(byte));
const LOCAL = { id: 71, profile: { displayName: "Ana" }, tracks: [], handRaisedAt: undefined };
/** The server's numbers: participant n has the tracks 10 n (microphone) and 10 n + 1 (camera). */
const wire = (id: number) => ({
  id,
  tracks: [
    { id: 10 * id, source: WireSource.MICROPHONE, muted: false },
    { id: 10 * id + 1, source: WireSource.CAMERA, muted: false },
  ],
});

function group(epoch: number, ...leaves: (Uint8Array | undefined)[]): GroupRoster {
  const members = leaves.flatMap((pid, leaf) => {
    const keys = { signatureKey: new Uint8Array(32), longTermKey: undefined };
    return pid === undefined ? [] : [{ leaf, pid, ...keys, isModerator: leaf === 0 }];
  });
  const policy = { locked: false, moderators: [], retired: [] };
  return { epoch, ownLeaf: leaves.indexOf(ME), members, policy };
}

function presence(displayName: string, sources: SourceKind[] = ["microphone", "camera"]) {
  const marks = { upload: "good", handRaisedAt: undefined } as const;
  return encodePresence({ profile: { displayName }, sources, ...marks });
}

function says(pid: Uint8Array | undefined, participant: number, body: Uint8Array) {
  return { pid: pid as Uint8Array, participant, body };
}

function names(roster: SealedRoster): string[] {
  return [...roster.participants.values()].map(({ profile }) => profile.displayName);
}

function joined(): SealedRoster {
  const roster = new SealedRoster();
  const delta = RosterDelta.fromPartial({ changed: [wire(72), wire(73)] });
  roster.join(LOCAL, delta.changed);
  return roster;
}

/** Ana and Ben, who says that the server calls him 72. */
function two(): { roster: SealedRoster; ben: number } {
  const roster = joined();
  roster.setGroup(group(1, ME, BEN));
  roster.setPresences([says(BEN, 72, presence("Ben"))]);
  return { roster, ben: roster.idOf(BEN as Uint8Array) ?? 0 };
}

describe("who moderates", () => {
  const serverSays = (roster: SealedRoster, id: number, role: WireRole) =>
    roster.apply(RosterDelta.fromPartial({ changed: [{ ...wire(id), role }] }));
  const roleOf = (roster: SealedRoster, id: number) => roster.participants.get(id)?.role;

  it("is what the group says: the server makes nobody a moderator", () => {
    const { roster, ben } = two();
    serverSays(roster, 72, WireRole.HOST);
    expect(roleOf(roster, ben)).toBe("participant");
    serverSays(roster, 72, WireRole.VIEWER);
    expect(roleOf(roster, ben)).toBe("viewer");
  });

  it("is, of those, a host where the server says so too, and unmade by the group only", () => {
    const { roster } = two();
    const own = roster.localId;
    expect(roleOf(roster, own)).toBe("co-host");
    serverSays(roster, LOCAL.id, WireRole.HOST);
    expect(roleOf(roster, own)).toBe("host");
    serverSays(roster, LOCAL.id, WireRole.VIEWER);
    expect(roleOf(roster, own)).toBe("co-host");
  });

  it("is the lowest leaf where all moderators have left", () => {
    const { roster, ben } = two();
    const members = group(2, undefined, BEN, ME);
    roster.setGroup({
      ...members,
      members: members.members.map((m) => ({ ...m, isModerator: false })),
    });
    expect(roleOf(roster, ben)).toBe("co-host");
    expect(roleOf(roster, roster.localId)).toBe("participant");
  });
});

describe("who is in the room", () => {
  it("is nobody whom only the server names", () => {
    const roster = joined();
    expect(names(roster)).toEqual(["Ana"]);
    expect(roster.ownerOf(720)).toBeUndefined();
    roster.setGroup(group(1, ME, BEN));
    expect(roster.participants.size).toBe(2);
    expect(roster.setPresences([says(CLEO, 73, presence("Cleo"))]).joined).toEqual([]);
    expect(roster.participants.size).toBe(2);
  });

  it("is a member before anything is known of it, and what it says then", () => {
    const roster = joined();
    const change = roster.setGroup(group(1, ME, BEN));
    const [, ben] = [...roster.participants.values()];
    expect(change.joined).toEqual([ben?.id]);
    expect(ben).toMatchObject({ profile: { displayName: "" }, tracks: [], isLocal: false });
    roster.setPresences([says(BEN, 72, presence("Ben", ["microphone"]))]);
    expect(roster.participants.get(ben?.id ?? 0)).toMatchObject({
      profile: { displayName: "Ben" },
      tracks: [
        { id: 720, source: "microphone", muted: false },
        { id: 721, source: "camera", muted: true },
      ],
    });
  });

  it("goes on without who is removed, and is nobody else without keys", () => {
    const { roster, ben } = two();
    expect(roster.setGroup(group(2, ME)).left).toEqual([ben]);
    roster.setGroup(group(3, ME, BEN));
    roster.setGroup(undefined);
    expect(names(roster)).toEqual(["Ana"]);
  });

  it("nobody can say that this client's own connection is theirs", () => {
    const { roster, ben } = two();
    roster.updateLocal({ tracks: [{ id: 710, source: "microphone", muted: false }] });
    roster.setPresences([says(BEN, 71, presence("Ben"))]);
    expect(roster.participants.get(ben)?.tracks).toEqual([]);
    expect(roster.ownerOf(710)?.participant.isLocal).toBe(true);
  });
});

describe("what a slot carries", () => {
  const label = (leaf: number, source: SourceKind, epoch = 1) => ({ leaf, source, epoch });
  const media = (participantId: number): RemoteMedia => ({
    ...{ trackId: 721, participantId, source: "camera", mediaTrack: {} as MediaStreamTrack },
    ...{ firstRtpTimestamp: 5, paused: false, pauseReason: undefined },
  });

  it("is shown beside a name only where the frames are that member's", () => {
    const { roster, ben } = two();
    const check = (...labels: ReturnType<typeof label>[]) =>
      roster.authenticated(
        media(ben),
        labels.map((one, index) => ({ rtpTimestamp: 100 * (index + 1), label: one })),
      )?.firstRtpTimestamp;
    expect(check()).toBeUndefined();
    expect(check(label(1, "camera"))).toBe(100);
    // Somebody else's frames, whatever the server says; nobody's; his screen in place of his face.
    expect(check(label(0, "camera"))).toBeUndefined();
    expect(check(label(7, "camera"))).toBeUndefined();
    expect(check(label(1, "screen-video"))).toBeUndefined();
    // What was in the slot before is not his.
    expect(check(label(0, "camera"), label(1, "camera"))).toBe(200);
    expect(check(label(1, "camera"), label(0, "camera"))).toBeUndefined();
  });

  it("is the same person's over epochs, but not who had the leaf before", () => {
    const { roster, ben } = two();
    roster.setGroup(group(2, ME, BEN, CLEO));
    const over = [1, 2].map((epoch) => ({
      rtpTimestamp: 100 * epoch,
      label: label(1, "camera", epoch),
    }));
    expect(roster.authenticated(media(ben), over)?.firstRtpTimestamp).toBe(100);
    roster.setGroup(group(3, ME, CLEO));
    roster.setPresences([says(CLEO, 72, presence("Cleo"))]);
    const cleo = roster.idOf(CLEO as Uint8Array) ?? 0;
    const reused = [...over, { rtpTimestamp: 300, label: label(1, "camera", 3) }];
    expect(roster.authenticated(media(cleo), over)).toBeUndefined();
    expect(roster.authenticated(media(cleo), reused)?.firstRtpTimestamp).toBe(300);
  });
});
