import type * as undici from 'undici';
import { NotHere } from './contestant.js';
import { contestantsOf } from './undici.js';

/** An optional dependency: it is installed where Node is new enough for it. */
const name: string = 'undici8';

async function load(): Promise<typeof undici> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 19)) throw new NotHere('undici 8 needs Node 22.19');
  return (await import(name).catch(() => {
    throw new NotHere('undici 8 is not installed');
  })) as typeof undici;
}

export const { dispatch, request, fetch } = contestantsOf(load);
