export { FakeRoom, type FakeRoomOptions } from "./fake_room.ts";
