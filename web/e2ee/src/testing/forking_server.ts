import type { ToDelivery } from "../keys/delivery_messages.ts";
import { type Delivered, DeliveryService } from "./delivery_service.ts";
import type { Server } from "./world.ts";

/**
 * A server that splits a room in two in the middle of its life: until fork() two services hear the same,
 * so that they have one group; from then on each hears and tells half of the people, and every half
 * goes on as if the others were silent. heal() keeps the first.
 */
export class ForkingServer implements Server {
  readonly #services = [new DeliveryService(), new DeliveryService()] as const;
  #state: "one" | "two" | "healed" = "one";

  fork(): void {
    this.#state = "two";
  }

  heal(): void {
    this.#state = "healed";
  }

  onMessage(nowMs: number, session: number, message: ToDelivery, out: Delivered[]): void {
    this.#serve(session, out, (service, own) => service.onMessage(nowMs, session, message, own));
  }

  onGone(nowMs: number, session: number, out: Delivered[]): void {
    // Of a death both know.
    this.#each(out, (service, own) => service.onGone(nowMs, session, own));
  }

  nextDeadlineMs(): number | undefined {
    const times = this.#running().map((service) => service.nextDeadlineMs());
    const set = times.filter((time) => time !== undefined);
    return set.length === 0 ? undefined : Math.min(...set);
  }

  onDeadline(nowMs: number, out: Delivered[]): void {
    this.#each(out, (service, own) => service.onDeadline(nowMs, own));
  }

  #running(): readonly DeliveryService[] {
    return this.#state === "healed" ? [this.#services[0]] : this.#services;
  }

  #serve(session: number, out: Delivered[], work: Work): void {
    if (this.#state !== "two") {
      this.#each(out, work);
      return;
    }
    const half = session % 2;
    const own: Delivered[] = [];
    work(this.#services[half === 0 ? 0 : 1], own);
    out.push(...own.filter((delivered) => delivered.session % 2 === half));
  }

  #each(out: Delivered[], work: Work): void {
    for (const [half, service] of this.#running().entries()) {
      const own: Delivered[] = [];
      work(service, own);
      const isHeard = ({ session }: Delivered) =>
        this.#state === "two" ? session % 2 === half : half === 0;
      out.push(...own.filter(isHeard));
    }
  }
}

type Work = (service: DeliveryService, out: Delivered[]) => void;
