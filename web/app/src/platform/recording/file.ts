import { saveFile } from "../files.ts";
import { forgetRecordings, ownFileName } from "../recordingFiles.ts";

/** Where a recording goes while it is made, so that an hour of it is not in memory. */
export interface RecordingFile {
  write(part: Blob): Promise<void>;
  /** Replaces what has been written there. */
  patch(at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The file is whole: it is where the person wanted it, or among the downloads. */
  close(): Promise<void>;
  /** Nothing is kept. */
  discard(): Promise<void>;
}

interface Picker {
  showSaveFilePicker?: (options: {
    suggestedName: string;
    types: { description: string; accept: Record<string, string[]> }[];
  }) => Promise<FileSystemFileHandle>;
}

/** Of what the person called off; other errors mean another place. */
export class Cancelled extends Error {}

/** No download takes so long; then a closed page has left it. */
const LEFT_AFTER_MS = 24 * 60 * 60_000;
/** So much of a meeting is kept in memory at most, some 20 minutes. */
const MEMORY_BYTES_MAX = 400_000_000;

/**
 * A file of the person's choice where the browser asks for one (Chromium), else one of the page's own
 * that becomes a download (Firefox), else memory (private windows). Call in a click.
 */
export async function openRecordingFile(name: string, type: string): Promise<RecordingFile> {
  return (await chosenFile(name, type)) ?? (await ownFile(name, type)) ?? memoryFile(name, type);
}

async function chosenFile(name: string, type: string): Promise<RecordingFile | undefined> {
  const { showSaveFilePicker } = window as Picker;
  if (showSaveFilePicker === undefined) return undefined;
  try {
    const extension = name.slice(name.lastIndexOf("."));
    const types = [{ description: extension.slice(1), accept: { [type]: [extension] } }];
    const handle = await showSaveFilePicker.call(window, { suggestedName: name, types });
    return writing(await handle.createWritable());
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw new Cancelled();
    return undefined;
  }
}

async function ownFile(name: string, type: string): Promise<RecordingFile | undefined> {
  try {
    const root = await navigator.storage.getDirectory();
    const nowMs = Date.now();
    await forgetRecordings(nowMs - LEFT_AFTER_MS);
    const own = ownFileName(nowMs);
    const handle = await root.getFileHandle(own, { create: true });
    const forget = () => void root.removeEntry(own).catch(() => {});
    const file = writing(await handle.createWritable());
    return {
      ...file,
      async close() {
        await file.close();
        // The download reads it from there: it goes once that is done.
        saveFile(name, new Blob([await handle.getFile()], { type }), forget);
      },
      async discard() {
        await file.discard();
        forget();
      },
    };
  } catch {
    return undefined;
  }
}

function writing(stream: FileSystemWritableFileStream): RecordingFile {
  let size = 0;
  return {
    async write(part) {
      await stream.write({ type: "write", position: size, data: part });
      size += part.size;
    },
    patch: (at, data) => stream.write({ type: "write", position: at, data }),
    close: () => stream.close(),
    discard: () => stream.abort().catch(() => {}),
  };
}

function memoryFile(name: string, type: string): RecordingFile {
  const parts: Blob[] = [];
  let size = 0;
  return {
    async write(part) {
      if (size + part.size > MEMORY_BYTES_MAX) throw new DOMException("", "QuotaExceededError");
      size += part.size;
      parts.push(part);
    },
    async patch(at, bytes) {
      const [first, ...rest] = parts;
      if (first === undefined || at + bytes.length > first.size) return;
      const patched = new Blob([first.slice(0, at), bytes, first.slice(at + bytes.length)]);
      parts.splice(0, parts.length, patched, ...rest);
    },
    async close() {
      saveFile(name, new Blob(parts, { type }));
    },
    async discard() {
      parts.length = 0;
    },
  };
}
