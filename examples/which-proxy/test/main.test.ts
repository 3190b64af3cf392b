import { format } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';

const { argv } = process;
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
  vi.resetModules();
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

test('explains what a script asked', async () => {
  const script = 'function FindProxyForURL(url, host) { return isResolvable("127.0.0.1") ? "PROXY p:1" : "DIRECT" }';
  expect(await run('--pac', `data:,${encodeURIComponent(script)}`, 'http://web.test/')).toBe(
    [
      'http://web.test/',
      '  PROXY p:1',
      '    source   PAC script data:…',
      '    because  PROXY p:1',
      '    asked    127.0.0.1: 127.0.0.1',
    ].join('\n'),
  );
});

test('has an answer for each URL, also where there is none', async () => {
  const answers = JSON.parse(await run('--json', '--rules', 'http=direct://;https=a/b', 'http://a.test/', 'b.test'));
  expect(answers).toMatchObject([{ url: 'http://a.test/', pac: 'DIRECT' }, { url: 'https://b.test/' }]);
  expect(await run('--rules', 'a/b', 'c.test')).toContain('https://c.test/\n  net::ERR_NO_SUPPORTED_PROXIES');
  expect(process.exitCode).toBe(1);
});

test.each([
  [[], 'no URL is given'],
  [['http://'], 'http:// is neither a URL nor a host'],
  [['--sideways', 'web.test'], '--sideways'],
  [['--pac', 'proxy.pac', 'web.test'], 'pacScript must be a URL'],
])('explains how it is used: %j', async (args, message) => {
  const text = await run(...args);
  expect(text).toContain(message);
  expect(text).toContain('Usage: which-proxy');
  expect(process.exitCode).toBe(2);
});
