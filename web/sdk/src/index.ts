export * from "./room/types.ts";
