import type { Group } from './group.js';
import type { CheckedLimits } from './limits.js';
import { LinkedList } from './linked-list.js';

/** Connections that are open or being opened, of all or of one host or proxy, and the groups that wait for one more. */
export class Counter {
  open = 0;
  readonly waiting = new LinkedList<Group>();
}

/**
 * How many connections there may be, and who waits because there are as many. Nothing here looks at all groups: a
 * program may ask thousands of origins at once.
 */
export class Room {
  readonly total = new Counter();
  readonly #limits: CheckedLimits;
  /** Groups that had an idle connection when they last changed, the longest ago first. */
  readonly #idle = new Set<Group>();
  #making = false;

  constructor(limits: CheckedLimits) {
    this.#limits = limits;
  }

  /**
   * Whether an idle connection is being closed for a group that has not taken the room yet. Nobody need be asked then: who
   * waits at a limit for which an idle connection counts has closed it, or is about to be asked by {@link Room.changed}.
   */
  get making(): boolean {
    return this.#making;
  }

  /** Whether there is room for one more connection of the group, for which an idle one is closed; if not, it waits. */
  for(group: Group): boolean {
    for (let full = this.#fullFor(group); full !== undefined; full = this.#fullFor(group)) {
      if (this.#closeIdle(full, group)) continue;
      if (group.waitsAt !== full) {
        this.leave(group);
        full.waiting.add(group);
        group.waitsAt = full;
      }
      return false;
    }
    return true;
  }

  /** A connection of the group was closed, or may have become idle: those who wait may go on in their order. */
  changed(group: Group): void {
    if (!group.mayBeIdle && group.takeIdle() !== undefined) {
      group.mayBeIdle = true;
      this.#idle.add(group);
    }
    if (this.#making) return;
    for (const counter of group.counters) if (counter.waiting.size > 0) this.#feed(counter);
  }

  /** The group waits no more. */
  leave(group: Group): void {
    group.waitsAt?.waiting.delete(group);
    group.waitsAt = undefined;
  }

  /** There is no such group any more. */
  remove(group: Group): void {
    this.leave(group);
    this.#idle.delete(group);
  }

  /**
   * Who is refused stays where it stands, since all behind it would be refused too; unless it got a part of what it wants,
   * which lets the others have their turn.
   */
  #feed(counter: Counter): void {
    for (let first = counter.waiting.first; first !== undefined; first = counter.waiting.first) {
      const { open } = counter;
      const refused = first.process();
      if (first.waitsAt !== counter) continue;
      if (refused && counter.open === open) return;
      counter.waiting.delete(first);
      if (refused) counter.waiting.add(first);
      else first.waitsAt = undefined;
    }
  }

  #fullFor({ counters }: Group): Counter | undefined {
    const { perOrigin, perProxy, total } = this.#limits;
    const [all, host, proxy] = counters as readonly [Counter, Counter, Counter | undefined];
    if (host.open >= perOrigin) return host;
    if (proxy !== undefined && proxy.open >= perProxy) return proxy;
    return all.open >= total ? all : undefined;
  }

  /**
   * Closes a connection that nobody uses: whoever waits could not be served by it. Who only opens connections ahead has no
   * use for one in the place of another.
   */
  #closeIdle(full: Counter, seeker: Group): boolean {
    for (const group of this.#idle) {
      const idle = group.takeIdle();
      if (idle === undefined) {
        this.#idle.delete(group);
        group.mayBeIdle = false;
      } else if (group.counters.includes(full) && (group !== seeker || seeker.waiters.size > 0)) {
        this.#making = true;
        idle.engine.destroy();
        this.#making = false;
        return true;
      }
    }
    return false;
  }
}
