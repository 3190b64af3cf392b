import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createLab, type Lab } from '@netloom/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.close());

/** Runs a program of this example on the packages as built, and waits until it has ended by itself. */
async function run(program: string, url: string): Promise<string[]> {
  const file = fileURLToPath(new URL(`../${program}`, import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file, url]);
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

test.each(['main.cjs', 'main.mjs'])('%s prints status, headers, body and the end', async (program) => {
  const origin = await lab.origin({ protocol: 'http' });
  const [status, headers, ...rest] = await run(program, `${origin.url}/`);
  expect(status).toBe('STATUS: 200');
  expect(JSON.parse(headers?.replace('HEADERS: ', '') ?? '')).toMatchObject({ 'content-type': 'text/plain' });
  expect(rest).toEqual(['BODY: ok', 'No more data in response.']);
});

test('a body in pieces comes in pieces', async () => {
  const origin = await lab.origin({ protocol: 'http' });
  const lines = await run('main.cjs', `${origin.url}/chunked?chunks=3`);
  expect(lines.filter((line) => line.startsWith('BODY: ')).length).toBeGreaterThan(0);
  expect(lines.at(-1)).toBe('No more data in response.');
});
