import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { createLab, digestAuth } from '../src/index.js';

it('runs the example of the README', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const program = example.replace(/^import .*$/m, '');
  const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
  const printed: string[] = [];
  const console = { log: (...values: unknown[]) => printed.push(JSON.stringify(values)) };
  await new AsyncFunction('createLab', 'digestAuth', 'console', program)(createLab, digestAuth, console);
  expect(printed).toEqual(['[0,0,[]]']);
});
