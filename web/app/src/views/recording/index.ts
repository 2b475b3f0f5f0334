/** Recording: loaded with the first word about one, or when somebody here wants to make one. */
import { createRecordingMachine } from "../../platform/recording/machine.ts";
import {
  createRecording,
  type Recording,
  type RecordingContext,
} from "../../state/recording/recording.ts";

export { RecordingBanners } from "./RecordingBanners.tsx";
export { RecordingSheet } from "./RecordingSheet.tsx";

export function openRecording(
  context: Omit<RecordingContext, "machine">,
  fileName: () => string,
): Recording {
  return createRecording({ ...context, machine: createRecordingMachine(fileName) });
}
