/** Typed events: one list of listeners for each event of a map from names to payloads. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(payload: never) => void>>();

  /** Returns the function that removes the listener again. */
  on<K extends keyof Events>(event: K, listener: (payload: Events[K]) => void): () => void {
    const existing = this.#listeners.get(event);
    const listeners = existing ?? new Set();
    if (existing === undefined) this.#listeners.set(event, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  emit<K extends keyof Events>(event: K, payload: Events[K]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        (listener as (payload: Events[K]) => void)(payload);
      } catch (error) {
        // One listener's bug must not stop the others, nor the machine that emits.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
