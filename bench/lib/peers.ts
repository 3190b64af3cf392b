import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Addresses of the servers that run in a process of their own. */
export interface Peers {
  readonly http: string;
  readonly https: string;
  readonly h2: string;
  readonly proxy: string;
  /** The authority behind their certificates, in PEM. */
  readonly ca: string;
  stop(): void;
}

/** Starts origins and a proxy. */
export async function startPeers(): Promise<Peers> {
  const child = fork(fileURLToPath(new URL('../transport/peers-process.js', import.meta.url)));
  const [addresses] = (await once(child, 'message')) as [Omit<Peers, 'stop'>];
  return { ...addresses, stop: () => child.disconnect() };
}
