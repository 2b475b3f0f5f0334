/** A browser has begun to write a file by then. */
const SAVED_AFTER_MS = 10_000;

/** Offers a file of that name: the browser asks where it goes, or puts it among the downloads. */
export function saveFile(fileName: string, content: Blob, onSaved = () => {}): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
    onSaved();
  }, SAVED_AFTER_MS);
}
