import { decodeText, encodeText } from "../session/text.ts";

/**
 * What is said at the door, before anybody has the group's keys. `label` says what it is and whose: what
 * was sealed under another one does not open.
 */
export interface LobbySeal {
  seal(label: string, text: string): Promise<Uint8Array>;
  /** Undefined for what cannot be opened: another link's, or nobody's. */
  open(label: string, sealed: Uint8Array): Promise<string | undefined>;
}

/** Of open rooms: the server could read it, as all that is said there. */
export const PLAIN: LobbySeal = {
  seal: async (_label, text) => encodeText(text),
  open: async (_label, bytes) => decodeText(bytes),
};
