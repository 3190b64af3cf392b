import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ENDED } from '../testbed/layout.js';

/** Thrown instead of whatever follows from a peer that is gone. */
export class PeerGone extends Error {}

/**
 * Does work with peers. When one of them has ended, before or meanwhile, that is what is thrown.
 *
 * @throws PeerGone
 */
export async function withPeers<T>(daemons: readonly string[], work: () => Promise<T>): Promise<T> {
  await assertRunning(daemons);
  try {
    return await work();
  } catch (error) {
    await assertRunning(daemons);
    throw error;
  }
}

async function assertRunning(daemons: readonly string[]): Promise<void> {
  for (const name of daemons) {
    const how = await readFile(join(ENDED, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return undefined;
    });
    if (how !== undefined) throw new PeerGone(`the peer is gone: ${how}; see .peers/log/${name}.*`);
  }
}
