import { describe, expect, it } from "vitest";
import type { RoomEvents } from "../room/types.ts";
import { FakeRoom } from "./fake_room.ts";

describe("FakeRoom", () => {
  it("tells of who joins, mutes and leaves", () => {
    const room = new FakeRoom({ displayName: "Ada" });
    const rosters: RoomEvents["roster"][] = [];
    room.on("roster", (roster) => rosters.push(roster));
    const grace = room.addParticipant("Grace", ["microphone"]);
    const microphone = grace.tracks[0]?.id ?? 0;
    room.setTrackMuted(microphone, true);
    expect(room.participants.get(grace.id)?.tracks[0]?.muted).toBe(true);
    room.removeParticipant(grace.id);
    expect(rosters).toEqual([
      { joined: [grace.id], left: [], changed: [] },
      { joined: [], left: [], changed: [grace.id] },
      { joined: [], left: [grace.id], changed: [] },
    ]);
    expect([...room.participants.keys()]).toEqual([room.localId]);
  });

  it("mutes like a room: a source without a track is muted", async () => {
    const room = new FakeRoom();
    expect(room.isMuted("camera")).toBe(true);
    await room.publish("camera", {} as MediaStreamTrack);
    expect(room.isMuted("camera")).toBe(false);
    room.setMuted("camera", true);
    expect(room.participants.get(room.localId)?.tracks).toMatchObject([
      { source: "camera", muted: true },
    ]);
  });

  it("stops telling a listener that was removed", () => {
    const room = new FakeRoom();
    const states: string[] = [];
    const stop = room.on("state", ({ state }) => states.push(state));
    room.setState("reconnecting");
    stop();
    room.setState("connected");
    expect(states).toEqual(["reconnecting"]);
  });
});
