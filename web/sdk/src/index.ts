/** The SDK's only export: what is not here is not public. */
export * from "./room/types.ts";
