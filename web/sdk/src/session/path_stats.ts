import type { SourceKind } from "../room/types.ts";
import type { StatsEntry, StatsReport } from "./stats.ts";

const DIRECT = "direct-";
/** Of the server's connection, what a direct one has in its place. */
const REPLACED = ["outbound-rtp", "remote-inbound-rtp", "candidate-pair"];

/**
 * One report of two connections while media goes by the direct one: its entries take the places of the
 * server's, under the sections (mids) by which the room knows them.
 */
export function mergedStats(
  server: StatsReport,
  direct: StatsReport,
  midOf: (side: "inbound" | "outbound", directMid: string) => string | undefined,
  receives: (mid: string) => SourceKind | undefined,
): StatsReport {
  const merged = new Map<string, StatsEntry>();
  for (const [id, entry] of server) {
    const isReplaced =
      REPLACED.includes(entry.type) ||
      (entry.type === "inbound-rtp" && receives(String(entry["mid"])) !== undefined);
    if (!isReplaced) merged.set(id, entry);
  }
  for (const entry of direct.values()) {
    const side = entry.type === "inbound-rtp" ? "inbound" : "outbound";
    const mid = midOf(side, String(entry["mid"]));
    if (!REPLACED.includes(entry.type) && (side !== "inbound" || mid === undefined)) continue;
    const id = DIRECT + entry.id;
    const remoteId = DIRECT + String(entry["remoteId"]);
    merged.set(id, { ...entry, id, remoteId, ...(mid === undefined ? {} : { mid }) });
  }
  return merged;
}
