import type { DirectSide, PathEvents, PathPeer } from "../room/direct_side.ts";
import type { MediaOptions } from "../room/platform.ts";
import type { ParticipantId, RemoteMedia, TrackInfo } from "../room/types.ts";
import type { DirectPath } from "./direct_path.ts";
import type { MediaConnection, Sealed } from "./media_connection.ts";
import { ServerRoute } from "./server_route.ts";

/** An offer and its candidates, as long as the code that answers is on its way. */
const WAITING_MAX = 16;

/** Stands for the direct path, whose code is loaded when there is somebody to go directly to. */
export class PathLoader implements DirectSide {
  readonly #sealed: Sealed;
  readonly #server = new ServerRoute();
  #path: DirectPath | undefined;
  #isLoading = false;
  #isClosed = false;
  #events: PathEvents | undefined;
  #options: MediaOptions | undefined;
  #peer: PathPeer | undefined;
  #isAllowed: boolean;
  #waiting: Uint8Array[] = [];

  constructor(sealed: Sealed, isAllowed: boolean) {
    this.#sealed = sealed;
    this.#isAllowed = isAllowed;
  }

  get isDirect(): boolean {
    return this.#path?.isDirect ?? false;
  }

  /** The server's connection, the first or a new one; what the room sees of it in its place. */
  useServer(connection: MediaConnection, options: MediaOptions) {
    this.#options = options;
    this.#server.use(connection, options.tracks);
    return this.#server.routed(connection, {
      direct: () => this.#path?.connection,
      presents: (source) => this.#path?.presents(source) ?? false,
    });
  }

  listen(events: PathEvents): void {
    this.#events = events;
  }

  setPeer(peer: PathPeer | undefined): void {
    this.#peer = peer;
    this.#path?.setPeer(peer);
    if (peer !== undefined) void this.#load();
  }

  setAllowed(allowed: boolean): void {
    this.#isAllowed = allowed;
    this.#path?.setAllowed(allowed);
  }

  onMessage(body: Uint8Array): void {
    if (this.#path !== undefined) this.#path.onMessage(body);
    else if (this.#waiting.length < WAITING_MAX) this.#waiting.push(body);
  }

  route(
    media: readonly RemoteMedia[],
    peer: { readonly id: ParticipantId; readonly tracks: readonly TrackInfo[] } | undefined,
  ): readonly RemoteMedia[] {
    return this.#path?.route(media, peer) ?? media;
  }

  close(): void {
    this.#isClosed = true;
    this.#path?.close();
  }

  async #load(): Promise<void> {
    if (this.#isLoading || this.#path !== undefined) return;
    this.#isLoading = true;
    // Without it media goes through the server; the next one who comes is another chance.
    const code = await import("./direct_path.ts").catch(() => undefined);
    this.#isLoading = false;
    const [events, options] = [this.#events, this.#options];
    if (code === undefined || events === undefined || options === undefined || this.#isClosed)
      return;
    const path = new code.DirectPath(this.#sealed, this.#server, options, events);
    this.#path = path;
    path.setAllowed(this.#isAllowed);
    path.setPeer(this.#peer);
    for (const body of this.#waiting.splice(0)) path.onMessage(body);
  }
}
