/**
 * Who sits where. A seat, once taken, is kept: nobody moves because somebody spoke. Only a speaker
 * who sits on a page that is not shown changes places, with the one of the first page who has been
 * quiet for longest.
 */
export class Seating {
  #seats: string[] = [];
  readonly #lastSpokeAt = new Map<string, number>();

  get seats(): readonly string[] {
    return this.#seats;
  }

  /** Who is there now; newcomers take the last seats, in their order. */
  update(present: readonly string[]): void {
    const here = new Set(present);
    const stayed = this.#seats.filter((key) => here.has(key));
    const seated = new Set(stayed);
    this.#seats = [...stayed, ...present.filter((key) => !seated.has(key))];
    for (const key of this.#lastSpokeAt.keys()) {
      if (!here.has(key)) this.#lastSpokeAt.delete(key);
    }
  }

  /**
   * `key` speaks. `firstPage` is how many seats that page has; those for whom `keepsSeat` holds are
   * never moved. Returns whether seats changed.
   */
  speak(
    key: string,
    nowMs: number,
    firstPage: number,
    keepsSeat: (key: string) => boolean,
  ): boolean {
    this.#lastSpokeAt.set(key, nowMs);
    const from = this.#seats.indexOf(key);
    if (from < firstPage) return false;
    const to = this.#quietest(firstPage, keepsSeat);
    const quiet = to === undefined ? undefined : this.#seats[to];
    if (to === undefined || quiet === undefined) return false;
    const seats = [...this.#seats];
    seats[to] = key;
    seats[from] = quiet;
    this.#seats = seats;
    return true;
  }

  /** Of those who never spoke, the one who came last. */
  #quietest(firstPage: number, keepsSeat: (key: string) => boolean): number | undefined {
    let quietest: number | undefined;
    let spokeAt = Number.POSITIVE_INFINITY;
    for (let seat = Math.min(firstPage, this.#seats.length) - 1; seat >= 0; seat--) {
      const key = this.#seats[seat];
      if (key === undefined || keepsSeat(key)) continue;
      const at = this.#lastSpokeAt.get(key) ?? Number.NEGATIVE_INFINITY;
      if (at < spokeAt || quietest === undefined) {
        quietest = seat;
        spokeAt = at;
      }
    }
    return quietest;
  }
}
