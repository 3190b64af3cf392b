import { setTimeout as delayed } from 'node:timers/promises';
import type { PacEngine, PacNetwork } from '@netloom/contracts';
import { createProxyResolver, pacResolverEngine, quickJsEngine } from '@netloom/proxy-resolver';
import type { Open, Opened } from './contestant.js';

/** Answers at once and never from memory: every evaluation has its look-ups, and they take no time. */
const NETWORK: PacNetwork = { query: async () => ({ value: null, ttl: 0 }) };

async function engine(made: PacEngine, script = ''): Promise<Opened> {
  const program = await made.load(script, { name: 'bench', network: NETWORK, alert: () => undefined });
  return {
    async call(url) {
      const { result } = await program.find(url, new URL(url).hostname);
      if (result !== 'DIRECT') throw new Error(`The script's answer was ${result}`);
    },
    close: () => program.close(),
  };
}

/** The engine without what the resolver remembers. */
export const netloom: Open = ({ pac }) => engine(quickJsEngine(), pac);

/** The package pac-resolver, behind the same contract. */
export const pacResolver: Open = ({ pac }) => engine(pacResolverEngine(), pac);

/** The resolver with a script of which nothing can be remembered. */
export const resolver: Open = ({ pac }) => resolverOf(pac);

/** The resolver when it has proved that the script's results may be remembered, and remembers this one. */
export const remembering: Open = async ({ pac }) => {
  const opened = resolverOf(pac);
  const url = new URL('https://www.example.org/');
  while ((await opened.resolver.resolve(url)).why.notes === undefined) await delayed(10);
  return opened;
};

function resolverOf(script = '') {
  const resolver = createProxyResolver({ pacScript: `data:,${encodeURIComponent(script)}` });
  return {
    resolver,
    async call(url: string) {
      const { routes } = await resolver.resolve(new URL(url));
      if (routes.some(({ proxy }) => proxy)) throw new Error('The script chose a proxy');
    },
    close: () => resolver.close(),
  };
}
