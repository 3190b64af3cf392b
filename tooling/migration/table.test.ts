import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { migrationPage } from './table.js';

const readme = fileURLToPath(new URL('../../packages/electron-net/README.md', import.meta.url));
const [BEGIN, END] = ['<!-- members: made by npm run migration -->', '<!-- /members -->'];

/** The README with the page as the types have it now. `npm run migration` writes it. */
test('the page for who comes from Electron tells what there is', async () => {
  const text = readFileSync(readme, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  expect(after, `the README has ${BEGIN} and ${END}`).toBeDefined();
  await expect(`${before}${BEGIN}\n\n${migrationPage()}\n\n${END}${after}`).toMatchFileSnapshot(readme);
});
