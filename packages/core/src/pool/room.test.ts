import { describe, expect, test } from 'vitest';
import type { Connection } from './connection.js';
import type { Group } from './group.js';
import { Counter, Room } from './room.js';

/** A group of which the room sees only this: whether it wants a connection, those that are idle, and its counters. */
class FakeGroup {
  list: object | undefined;
  before: Group | undefined;
  after: Group | undefined;
  waitsAt: Counter | undefined;
  mayBeIdle = false;
  readonly counters: readonly Counter[];
  readonly #room: Room;
  wanted = 0;
  idle = 0;
  asked = 0;

  constructor(room: Room, ...counters: Counter[]) {
    this.#room = room;
    this.counters = [room.total, ...counters];
  }

  process(): boolean {
    this.asked += 1;
    while (this.wanted > 0) {
      if (!this.#room.for(this.real)) return true;
      for (const counter of this.counters) counter.open += 1;
      this.wanted -= 1;
    }
    return false;
  }

  takeIdle(): Connection | undefined {
    if (this.idle === 0) return undefined;
    const destroy = () => {
      this.idle -= 1;
      this.closed();
    };
    return { engine: { destroy } } as unknown as Connection;
  }

  closed(): void {
    for (const counter of this.counters) counter.open -= 1;
    this.#room.changed(this.real);
  }

  get real(): Group {
    return this as unknown as Group;
  }
}

function rooms(total: number, perOrigin = total, perProxy = total) {
  const room = new Room({ total, perOrigin, perProxy });
  const group = (wanted: number, ...counters: Counter[]) => {
    const made = new FakeGroup(room, ...(counters.length > 0 ? counters : [new Counter()]));
    made.wanted = wanted;
    made.process();
    return made;
  };
  return { room, group };
}

describe('room', () => {
  test('asks nobody but the first in line when a connection closes, however many wait', () => {
    const { group } = rooms(1);
    const serving = group(1);
    const waiting = Array.from({ length: 1000 }, () => group(1));
    serving.closed();
    expect(waiting.map(({ wanted }) => wanted)).toEqual([0, ...Array(999).fill(1)]);
    expect(waiting.reduce((sum, { asked }) => sum + asked, 0)).toBe(1000 + 2);
  });

  test('lets those behind have their turn when the first got a part of what it wants', () => {
    const { group } = rooms(2);
    const serving = group(2);
    const [first, second] = [group(2), group(1)];
    serving.closed();
    expect([first?.wanted, second?.wanted]).toEqual([1, 1]);
    serving.closed();
    expect([first?.wanted, second?.wanted]).toEqual([1, 0]);
  });

  test('passes over who wants no more', () => {
    const { group } = rooms(1);
    const serving = group(1);
    const [gone, next] = [group(1), group(1)];
    gone.wanted = 0;
    serving.closed();
    expect([next.wanted, gone.waitsAt]).toEqual([0, undefined]);
  });

  test('lets those at one limit not wait for those at another', () => {
    const { group } = rooms(3, 1);
    const host = new Counter();
    const serving = [group(1, host), group(1), group(1)];
    const [sameHost, other] = [group(1, host), group(1)];
    expect([sameHost.waitsAt === host, other.waitsAt === other.counters[0]]).toEqual([true, true]);
    serving[1]?.closed();
    expect([sameHost.wanted, other.wanted]).toEqual([1, 0]);
    serving[0]?.closed();
    expect(sameHost.wanted).toBe(0);
  });

  test('closes an idle connection of whoever counts for the limit, and gives the room to who asked', () => {
    const { room, group } = rooms(2, 2, 1);
    const proxy = new Counter();
    const [direct, proxied] = [group(1), group(1, new Counter(), proxy)];
    for (const idle of [direct, proxied]) {
      idle.idle = 1;
      room.changed(idle.real);
    }
    const asking = group(1, new Counter(), proxy);
    expect([direct.idle, proxied.idle, asking.wanted, room.total.open, proxy.open]).toEqual([1, 0, 0, 2, 1]);
  });

  test('forgets a group that is gone', () => {
    const { room, group } = rooms(1);
    const serving = group(1);
    const [gone, next] = [group(1), group(1)];
    room.remove(gone.real);
    serving.closed();
    expect([gone.wanted, next.wanted]).toEqual([1, 0]);
  });
});
