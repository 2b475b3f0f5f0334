import type { SealedRoster } from "../session/sealed_roster.ts";
import type { DirectSide, PathEvents } from "./direct_side.ts";
import type { GroupRoster } from "./group_side.ts";
import type { ParticipantId, RemoteMedia } from "./types.ts";

export interface PairPathEvents extends Omit<PathEvents, "onLevels"> {
  readonly onLevels: (levels: ReadonlyMap<ParticipantId, number>) => void;
}

/** Who the two are that a direct path is for: as long as the group has two members, and no longer. */
export class PairPath {
  readonly #path: DirectSide;
  readonly #roster: SealedRoster;
  /** The only other member. */
  #other: { readonly pid: Uint8Array; readonly weOffer: boolean } | undefined;
  /** The last one that was: with a third one here, it still comes directly for a moment. */
  #last: Uint8Array | undefined;

  constructor(path: DirectSide, roster: SealedRoster, events: PairPathEvents) {
    this.#path = path;
    this.#roster = roster;
    path.listen({
      say: (participant, body) => events.say(participant, body),
      onChanged: () => events.onChanged(),
      onAudio: () => events.onAudio(),
      onLevels: ({ own, theirs }) => {
        const id = this.#otherId();
        if (id !== undefined)
          events.onLevels(
            new Map([
              [roster.localId, own],
              [id, theirs],
            ]),
          );
      },
    });
  }

  get isDirect(): boolean {
    return this.#path.isDirect;
  }

  /** Undefined: in no group. */
  setMembers(group: GroupRoster | undefined): void {
    const others = group?.members.filter(({ leaf }) => leaf !== group.ownLeaf) ?? [];
    const [other] = others;
    this.#other =
      group === undefined || other === undefined || others.length > 1
        ? undefined
        : { pid: other.pid, weOffer: group.ownLeaf < other.leaf };
    this.#last = this.#other?.pid ?? this.#last;
    this.update();
  }

  /** The other one may have said where it is. */
  update(): void {
    const other = this.#other;
    const participant = other && this.#roster.participantOf(other.pid);
    this.#path.setPeer(
      other === undefined || participant === undefined
        ? undefined
        : { pid: String(other.pid), weOffer: other.weOffer, participant },
    );
  }

  setAllowed(allowed: boolean): void {
    this.#path.setAllowed(allowed);
  }

  onMessage(from: Uint8Array, body: Uint8Array): void {
    if (String(from) === String(this.#last)) this.#path.onMessage(body);
  }

  route(media: readonly RemoteMedia[]): readonly RemoteMedia[] {
    const id = this.#otherId();
    const person = id === undefined ? undefined : this.#roster.participants.get(id);
    return this.#path.route(media, person && { id: person.id, tracks: person.tracks });
  }

  close(): void {
    this.#path.close();
  }

  #otherId(): ParticipantId | undefined {
    return this.#last && this.#roster.idOf(this.#last);
  }
}
