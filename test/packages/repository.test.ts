import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { entriesOf, node, published, root, tool } from './workspace.js';

it('nothing is unused: files, exports, dependencies (knip)', async () => {
  const { code, output } = await node([tool('knip', 'bin', 'knip.js'), '--no-progress', '--no-config-hints']);
  expect(output.trim()).toBe('');
  expect(code).toBe(0);
});

/** Names and limits of `.size-limit.cjs`. */
const budgets = createRequire(import.meta.url)(join(root, '.size-limit.cjs')) as { name: string; limit: string }[];

describe('the size of', () => {
  let measured: { name: string; passed: boolean; size: number }[];
  beforeAll(async () => {
    const { stdout } = await node([tool('size-limit', 'bin.js'), '--json']);
    measured = JSON.parse(stdout) as typeof measured;
  }, 120_000);

  it.each(budgets.map(({ name, limit }) => [name, limit]))('%s is below %s', (name) => {
    const { passed, size } = measured.find((result) => result.name === name) ?? {};
    expect(passed, `${size} bytes`).toBe(true);
  });

  it('every entry has a limit', () => {
    expect(budgets.map(({ name }) => name)).toEqual(expect.arrayContaining(published.flatMap(entriesOf)));
  });
});
