import { expect } from 'vitest';
import { createProxyResolver } from '../../src/index.js';
import { eventually } from './eventually.js';
import { ManualClock } from './manual-clock.js';
import { servePac } from './pac-server.js';
import { fakeEngine, returning } from './resolver.js';

/** What the vectors say in words about fetching scripts again, as something that happens. */
const OUTCOMES: Readonly<Record<string, (world: World) => Promise<void>>> = {
  async 'script fetch failed first, poll finds a good script: new requests use it'({ server, clock, ask, changes }) {
    server.answer = { status: 500 };
    expect(await ask()).toBe('DIRECT');
    server.answer = { body: returning('PROXY good:1') };
    clock.advance(8000);
    await eventually(() => expect(changes()).toBe(1));
    expect(await ask()).toBe('PROXY good:1');
  },
  async 'changed bytes restart the resolver'({ server, clock, ask, changes, loaded }) {
    expect(await ask()).toBe('PROXY first:1');
    server.answer = { body: returning('PROXY second:1') };
    clock.advance(12 * 3600_000);
    expect(await ask()).toBe('PROXY first:1');
    await eventually(() => expect(changes()).toBe(1));
    expect(await ask()).toBe('PROXY second:1');
    expect(loaded).toHaveLength(2);
  },
  async 'same bytes keep the resolver'({ server, clock, ask, changes, loaded }) {
    expect(await ask()).toBe('PROXY first:1');
    clock.advance(12 * 3600_000);
    expect(await ask()).toBe('PROXY first:1');
    await eventually(() => expect(server.requests).toBe(2));
    expect(await ask()).toBe('PROXY first:1');
    expect(loaded).toHaveLength(1);
    expect(changes()).toBe(0);
  },
};

interface World {
  readonly server: Awaited<ReturnType<typeof servePac>>;
  readonly clock: ManualClock;
  readonly loaded: readonly string[];
  ask(): Promise<string>;
  changes(): number;
}

/** Lets happen what a vector says in words. */
export async function pollOutcomes(outcome: string): Promise<void> {
  const happen = OUTCOMES[outcome];
  if (happen === undefined) throw new Error(`No test for the outcome "${outcome}"`);
  const clock = new ManualClock();
  const loaded: string[] = [];
  const server = await servePac(returning('PROXY first:1'));
  const engine = fakeEngine((source) => /"(.*)"/.exec(source)![1]!, { loaded });
  const resolver = createProxyResolver(
    { pacScript: server.url },
    { clock, pac: { engine }, networkSignature: () => '' },
  );
  let count = 0;
  resolver.on('change', () => {
    count += 1;
  });
  const ask = async () => (await resolver.resolve(new URL('http://web.test/'))).pac;
  try {
    await happen({ server, clock, loaded, ask, changes: () => count });
  } finally {
    resolver.close();
    await server.close();
  }
}
