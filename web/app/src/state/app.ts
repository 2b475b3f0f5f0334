import type { Prepared, PrepareOptions, Room, Sight } from "@conclave/sdk";
import { cell, type Readable, together } from "./cells.ts";
import type { CheckContext, ConnectionProbe } from "./check.ts";
import type { Clock } from "./clock.ts";
import { watchForGoodCall } from "./goodCall.ts";
import { createInstall, type Install } from "./install.ts";
import { createLanding, type Landing } from "./landing.ts";
import type { LocalMedia } from "./localMedia.ts";
import type { createMeeting, JoinRoom, Meeting } from "./meeting.ts";
import { createNetworkLook, type NetworkLook } from "./networkLook.ts";
import type { Devices, Page, PreferenceStore } from "./ports.ts";
import { createPrejoin, type PasscodeProblem, type Prejoin } from "./prejoin.ts";
import { type Problem, type ProblemCode, problem } from "./problems.ts";
import type { JoinedTracks } from "./publishing.ts";
import { createRecents, type Recents } from "./recents.ts";
import { release } from "./release.ts";
import { makeRoomName } from "./roomNames.ts";
import { openPath, parseRoute, type Route } from "./route.ts";

export type Screen =
  | { readonly kind: "landing"; readonly landing: Landing }
  | { readonly kind: "prejoin"; readonly prejoin: Prejoin }
  | { readonly kind: "meeting"; readonly meeting: Meeting }
  | { readonly kind: "check"; readonly context: CheckContext }
  /** After a meeting, or instead of one. */
  | { readonly kind: "problem"; readonly problem: Problem; readonly busy: Readable<boolean> };

/** What comes with the lazily loaded part. */
export interface CallModule {
  readonly join: JoinRoom;
  readonly createMeeting: typeof createMeeting;
  /** What awaits whoever joins a room; undefined where nobody says. */
  readonly look: (room: string) => Promise<Sight | undefined>;
  /** Makes what a join takes and can be made before it. */
  readonly prepare: (options: PrepareOptions) => Promise<Prepared | undefined>;
}

export interface AppContext {
  readonly devices: Devices;
  readonly preferences: PreferenceStore;
  readonly local: LocalMedia;
  readonly clock: Clock;
  readonly page: Page;
  readonly randomBytes: (into: Uint8Array<ArrayBuffer>) => void;
  readonly loadCall: () => Promise<CallModule>;
  /** Starts fetching what a call needs, without running it; `sealed`: an encrypted one. */
  readonly preloadCall: (sealed: boolean) => void;
  readonly loadProbe: () => Promise<ConnectionProbe>;
  /** Whether this browser can be in an encrypted meeting. */
  readonly canEncrypt: () => Promise<boolean>;
  /** Shows another address of this origin, without loading the page again. */
  readonly pushAddress: (path: string) => void;
  readonly reload: () => void;
  /** What keeps this browser out; undefined where nothing does. */
  readonly obstacle: ProblemCode | undefined;
}

export interface App {
  readonly screen: Readable<Screen>;
  readonly install: Install;
  /** The address changed (also by Back). */
  show(url: URL): void;
  rejoin(): void;
  goHome(): void;
  /** A new one, which is not end-to-end encrypted. */
  goToOpenMeeting(): void;
  reload(): void;
  /** The page goes away. */
  close(): void;
}

export function createApp(context: AppContext): App {
  return new AppModel(context);
}

class AppModel implements App {
  readonly #screen = cell<Screen>({ kind: "problem", problem: problem("left"), busy: cell(false) });
  readonly #joining = cell(false);
  #route: Route = { kind: "landing" };
  #room: Room | undefined;
  /** Counts joins, so that one that was left behind does not open a meeting late. */
  #attempt = 0;
  #displayName = "";
  /** Of this meeting; for coming back to it. */
  #passcode = "";
  #prejoin: Prejoin | undefined;
  /** For the join that may come. */
  #prepared: Prepared | undefined;
  /** Ends the attempt that is under way. */
  #abort: AbortController | undefined;

  readonly #recents: Recents;
  readonly #network: NetworkLook;
  readonly install: Install;

  constructor(private readonly context: AppContext) {
    this.install = createInstall(context.page.installPrompt, context.preferences);
    this.#recents = createRecents(context.preferences, context.clock);
    this.#network = createNetworkLook(context.clock, context.loadProbe);
  }

  get screen(): Readable<Screen> {
    return this.#screen;
  }

  show(url: URL): void {
    this.#drop();
    release.peek()?.check();
    this.#route = parseRoute(url);
    if (this.#route.kind === "landing") this.#showLanding();
    else if (this.#route.kind === "check") this.#showCheck();
    else if (!isMeeting(this.#route)) this.#showProblem(this.#route.kind);
    else if (this.context.obstacle) this.#showProblem(this.context.obstacle);
    else this.#showPrejoin(this.#route);
  }

  rejoin(): void {
    if (!isMeeting(this.#route) || this.#joining.peek()) return;
    this.#room?.leave().catch(() => {});
    this.#room = undefined;
    // The devices open meanwhile; what is not there at the join is published when it comes.
    void this.context.local.start();
    void this.#join(this.#displayName);
  }

  goHome(): void {
    this.context.pushAddress("/");
  }

  goToOpenMeeting(): void {
    this.context.pushAddress(openPath(makeRoomName(this.context.randomBytes)));
  }

  reload(): void {
    this.context.reload();
  }

  close(): void {
    this.#drop();
  }

  #drop(): void {
    this.#stopJoining();
    this.#takePrepared()?.close();
    this.#prejoin = undefined;
    this.#passcode = "";
    const room = this.#room;
    this.#room = undefined;
    room?.leave().catch(() => {});
    this.#network.stop();
    this.context.local.stop();
  }

  #stopJoining(): void {
    this.#attempt++;
    this.#abort?.abort();
    this.#joining.value = false;
  }

  #showLanding(): void {
    const { page, local, preferences, randomBytes, pushAddress: goTo } = this.context;
    const { origin } = page;
    const recents = this.#recents;
    const context = { origin, preferences, randomBytes, goTo, recents, local, page };
    const landing = createLanding(context);
    this.#screen.value = { kind: "landing", landing };
  }

  #showCheck(): void {
    const { local, clock, page, loadProbe, canEncrypt, obstacle } = this.context;
    const canMeet = obstacle === undefined;
    const context = { local, clock, page, loadProbe, canEncrypt, canMeet };
    this.#screen.value = { kind: "check", context };
    if (canMeet) void local.start();
  }

  #showPrejoin(route: MeetingRoute): Prejoin {
    const { local, preferences } = this.context;
    const sealed = route.kind === "sealed";
    const prejoin = createPrejoin({
      roomName: route.name,
      sealed,
      named: sealed && route.fragment === undefined,
      local,
      preferences,
      page: this.context.page,
      joining: this.#joining,
      onJoin: (displayName, passcode) => {
        this.#passcode = passcode;
        void this.#join(displayName);
      },
      onStopWaiting: () => this.#stopJoining(),
      network: this.#network.obstacle,
    });
    this.#prejoin = prejoin;
    this.#screen.value = { kind: "prejoin", prejoin };
    this.context.preloadCall(sealed);
    this.#network.begin();
    void local.start();
    void this.#look(route, prejoin);
    if (sealed) void this.#checkEncryption();
    return prejoin;
  }

  /** In the time that the person takes to get ready. */
  async #look(route: MeetingRoute, prejoin: Prejoin): Promise<void> {
    const call = await this.context.loadCall().catch(() => undefined);
    // Who joins already is told otherwise.
    const isOver = () => this.#prejoin !== prejoin || this.#joining.peek();
    if (call === undefined || isOver()) return;
    prejoin.setSight(await call.look(route.room));
    if (isOver()) return;
    const prepared = await call.prepare(this.#joinBasics(route));
    if (isOver()) prepared?.close();
    else this.#prepared = prepared;
  }

  /** Of an encrypted meeting this makes a lasting key, where the person has not said otherwise. */
  #joinBasics(route: MeetingRoute): PrepareOptions {
    const { preferences } = this.context;
    const recognisable = preferences.read().unrecognisable !== true;
    const fragment = route.kind === "sealed" ? route.fragment : undefined;
    if (recognisable && route.kind === "sealed") preferences.write({ hasLastingKey: true });
    return { room: route.room, ...(fragment !== undefined && { fragment }), recognisable };
  }

  #takePrepared(): Prepared | undefined {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    return prepared;
  }

  /** Where the person answers what the meeting asks of them, also when they come back to it. */
  #shownPrejoin(route: MeetingRoute): Prejoin {
    const { kind } = this.#screen.peek();
    return (kind === "prejoin" && this.#prejoin) || this.#showPrejoin(route);
  }

  /** Whoever cannot be in the meeting is told before they join. */
  async #checkEncryption(): Promise<void> {
    const route = this.#route;
    if ((await this.context.canEncrypt()) || this.#route !== route) return;
    this.#attempt++;
    this.#onJoinFailed("cannot-encrypt");
  }

  #showProblem(code: ProblemCode): void {
    this.#screen.value = { kind: "problem", problem: problem(code), busy: this.#joining };
  }

  async #join(displayName: string): Promise<void> {
    const route = this.#route;
    if (!isMeeting(route)) return;
    const attempt = ++this.#attempt;
    this.#displayName = displayName;
    this.#joining.value = true;
    const abort = new AbortController();
    this.#abort = abort;
    this.#network.stop();
    try {
      const call = await this.context.loadCall().catch(() => undefined);
      if (attempt !== this.#attempt) return;
      if (call === undefined) return this.#onJoinFailed("call-not-loaded");
      const { local } = this.context;
      const joinedWith = {
        microphone: local.microphone.track.peek(),
        camera: local.camera.track.peek(),
      };
      const { microphone, camera } = joinedWith;
      const remembered = this.context.preferences.read();
      const basics = this.#joinBasics(route);
      const prepared = this.#takePrepared();
      const room = await call.join({
        ...basics,
        ...(prepared && { prepared }),
        displayName,
        keepAddressPrivate: remembered.addressPrivate ?? false,
        ...(this.#passcode !== "" && { passcode: this.#passcode }),
        signal: abort.signal,
        onWaiting: (lobby) => {
          if (attempt === this.#attempt) this.#shownPrejoin(route).wait(lobby);
        },
        ...(microphone && { microphone }),
        ...(camera && { camera }),
      });
      if (attempt !== this.#attempt) await room.leave();
      else this.#enter(call, room, route.name, joinedWith);
    } catch (error) {
      if (attempt === this.#attempt) this.#onJoinFailed(codeOf(error));
    }
  }

  /** Nobody is let in by the old one any more: neither this person after a reload, nor whom they invite. */
  #followLink(fragment: string, roomName: string): void {
    const { page } = this.context;
    if (this.#route.kind !== "sealed") return;
    this.#route = { ...this.#route, fragment };
    const former = page.path;
    page.replaceSecret(fragment);
    this.#recents.move(former, page.path, roomName);
  }

  #enter(call: CallModule, room: Room, roomName: string, joinedWith: JoinedTracks): void {
    const { local, devices, clock, page, preferences } = this.context;
    this.#room = room;
    this.#recents.remember(page.path, roomName);
    const stopWatching = watchForGoodCall(room, clock, () => this.install.onGoodCall());
    const meeting = call.createMeeting({
      room,
      roomName,
      local,
      joinedWith,
      devices,
      clock,
      page,
      preferences,
      randomBytes: this.context.randomBytes,
      onEnded: (reason) => {
        stopWatching();
        // A room that was left behind for another one ends quietly.
        if (this.#room !== room) return;
        this.#room = undefined;
        local.stop();
        this.#showProblem(reason);
      },
      onRejoin: () => {
        // Says that it is busy, while the new room is joined.
        this.#showProblem("transport-failed");
        this.rejoin();
      },
    });
    room.on("link", ({ fragment }) => {
      this.#followLink(fragment, roomName);
      meeting.invitation.replace();
    });
    together(() => {
      this.#joining.value = false;
      this.#screen.value = { kind: "meeting", meeting };
    });
  }

  #onJoinFailed(code: ProblemCode): void {
    this.#joining.value = false;
    const route = this.#route;
    if (isPasscodeProblem(code) && isMeeting(route)) {
      this.#shownPrejoin(route).askPasscode(code);
      return;
    }
    this.context.local.stop();
    const isGroup = code === "room-full" && this.#route.kind === "sealed";
    this.#showProblem(isGroup ? "group-full" : code);
  }
}

/** Attempts at joining have no other limit that is told so. */
function isPasscodeProblem(code: ProblemCode): code is PasscodeProblem {
  return code === "passcode-needed" || code === "passcode-wrong" || code === "rate-limited";
}

type MeetingRoute = Extract<Route, { kind: "open" | "sealed" }>;

function isMeeting(route: Route): route is MeetingRoute {
  return route.kind === "open" || route.kind === "sealed";
}

function codeOf(error: unknown): ProblemCode {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? (code as ProblemCode) : "unexpected";
}
