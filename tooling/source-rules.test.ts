import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

it('no source asks URL.canParse, which is wrong about ü on Node 20 and 22 once it is compiled', async () => {
  const found: string[] = [];
  let read = 0;
  for (const folder of ['packages', 'examples']) {
    for (const file of await readdir(join(root, folder), { recursive: true })) {
      if (!/^[\w-]+[\\/]src[\\/].*\.ts$/.test(file)) continue;
      read += 1;
      if (/\bURL\.canParse\(/.test(await readFile(join(root, folder, file), 'utf8'))) found.push(join(folder, file));
    }
  }
  expect(read).toBeGreaterThan(100);
  expect(found).toEqual([]);
});
