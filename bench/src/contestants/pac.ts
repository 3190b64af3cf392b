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

/** The resolver, which remembers what cannot change. */
export const resolver: Open = async ({ pac = '' }) => {
  const resolving = createProxyResolver({ pacScript: `data:,${encodeURIComponent(pac)}` });
  return {
    async call(url) {
      const { routes } = await resolving.resolve(new URL(url));
      if (routes.some(({ proxy }) => proxy)) throw new Error('The script chose a proxy');
    },
    close: () => resolving.close(),
  };
};
