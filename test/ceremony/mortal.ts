import type { Mailbox } from "../../services/ceremony/mailbox.ts";
import type { CeremonyStore } from "../../services/ceremony/store.ts";
import type { Seat } from "../../services/crypto/seats.ts";
import type { World } from "./world.ts";

/**
 * Runs a seat as a process that is killed once before and once after each of its writes, deletes and posts, and started
 * again on the same store. After its death nothing that a life does reaches the disk or the network. Returns the points
 * at which it died.
 */
export function startMortal(world: World, seat: Seat): string[] {
  const deaths: string[] = [];
  const never = () => new Promise<never>(() => {});

  const begin = (): void => {
    const { store } = world.participant(seat);
    let dead = false;
    const diesAt = (point: string): boolean => {
      if (dead || deaths.includes(point)) return dead;
      dead = true;
      deaths.push(point);
      world.running.delete(seat);
      setImmediate(begin);
      return true;
    };
    const mortal = async (name: string, act: () => Promise<void>): Promise<void> => {
      if (diesAt(`before ${name}`)) return never();
      await act();
      if (diesAt(`after ${name}`)) return never();
    };
    const mortalStore: CeremonyStore = {
      get: (...place) => (dead ? never() : store.get(...place)),
      put: (requestId, attempt, name, value) =>
        mortal(`put ${attempt}/${name}`, () => store.put(requestId, attempt, name, value)),
      delete: (requestId, attempt, name) =>
        mortal(`delete ${attempt}/${name}`, () => store.delete(requestId, attempt, name)),
    };
    const mortalMailbox: Mailbox = {
      list: (...range) => (dead ? never() : world.mailbox.list(...range)),
      post: (requestId, message) =>
        mortal(`post ${message.attempt}/${message.kind}`, () => world.mailbox.post(requestId, message)),
    };
    world.start(seat, { store: mortalStore, mailbox: mortalMailbox });
  };
  begin();
  return deaths;
}
