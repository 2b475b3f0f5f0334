/**
 * The key by which others recognise this browser in other meetings (reference E §2.2): Ed25519, made
 * once, kept in IndexedDB where no script can take it out, not even this one's.
 */

const DATABASE = "conclave-lasting-key";
const STORE = "keys";
const KEY = "own";
/** A browser that does not answer is one without storage. */
const PATIENCE_MS = 2000;

/** Undefined where this browser keeps nothing, as in some private windows, or has no Ed25519. */
export async function lastingKey(): Promise<CryptoKeyPair | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS, undefined));
  return Promise.race([keptOrMade().catch(() => undefined), late]);
}

/** Others will not recognise this browser any more. */
export function forgetLastingKey(): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(DATABASE);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

async function keptOrMade(): Promise<CryptoKeyPair> {
  const database = await opened();
  try {
    const kept = await done(database.transaction(STORE).objectStore(STORE).get(KEY));
    if (isPair(kept)) return kept;
    const made = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    // Another tab may have been first meanwhile: all have one key.
    const store = database.transaction(STORE, "readwrite").objectStore(STORE);
    const first = await done(store.get(KEY));
    if (isPair(first)) return first;
    await done(store.put(made, KEY));
    return made as CryptoKeyPair;
  } finally {
    database.close();
  }
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return done(request);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function isPair(kept: unknown): kept is CryptoKeyPair {
  return kept instanceof Object && "privateKey" in kept && "publicKey" in kept;
}
