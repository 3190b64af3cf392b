import { format } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const { argv } = process;
beforeEach(() => vi.resetModules());
afterEach(() => {
  process.argv = argv;
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

/** Runs the program, and gives what it prints. */
async function run(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const take = (...values: unknown[]) => void lines.push(format(...values));
  vi.spyOn(console, 'log').mockImplementation(take);
  vi.spyOn(console, 'error').mockImplementation(take);
  process.argv = [argv[0]!, 'main.js', ...args];
  await import('../src/main.js');
  return lines.join('\n');
}

test('says which rule decided', async () => {
  expect(
    await run('--rules', 'https=proxy.test:8080', '--bypass', '*.corp.test', 'web.test', 'https://a.corp.test/'),
  ).toBe(
    [
      'https://web.test/',
      '  PROXY proxy.test:8080',
      '    source   configuration',
      '    because  https',
      'https://a.corp.test/',
      '  DIRECT',
      '    source   configuration',
      '    because  bypass: *.corp.test',
    ].join('\n'),
  );
});

test('asks a PAC script and prints JSON', async () => {
  const script =
    'function FindProxyForURL(url, host) { return isInNet(host, "10.0.0.0", "255.0.0.0") ? "DIRECT" : "PROXY p:1" }';
  const answers = JSON.parse(await run('--json', '--pac', `data:,${encodeURIComponent(script)}`, 'http://10.1.2.3/'));
  expect(answers).toEqual([
    { url: 'http://10.1.2.3/', pac: 'DIRECT', why: { source: 'PAC script data:…', rule: 'DIRECT' } },
  ]);
});

test('explains how it is used', async () => {
  expect(await run()).toMatch(/^no URL is given\nUsage: which-proxy/);
  expect(process.exitCode).toBe(1);
});
