import { batch, computed, effect, signal } from "@preact/signals-core";

/**
 * Observable values. The only file of `state/` that knows what they are made of: a view that reads
 * `.value` while it draws is drawn again when the value changes.
 */
export interface Readable<T> {
  readonly value: T;
  /** Reads without being told of later changes. */
  peek(): T;
  /** Calls `listener` now and after every change; returns how to stop. */
  subscribe(listener: (value: T) => void): () => void;
}

export interface Cell<T> extends Readable<T> {
  value: T;
}

export function cell<T>(initial: T): Cell<T> {
  return signal(initial);
}

/** A value computed from others, when it is read. */
export function derived<T>(compute: () => T): Readable<T> {
  return computed(compute);
}

/** Runs `run` now and whenever a value that it read changes; returns how to stop. */
export function watch(run: () => void): () => void {
  return effect(run);
}

/** Changes several cells; whoever watches them is told once. */
export function together(change: () => void): void {
  batch(change);
}
