import { afterEach, expect, test, vi } from 'vitest';

const { argv } = process;
afterEach(() => {
  process.argv = argv;
  vi.restoreAllMocks();
});

test('signs each connection in once', async () => {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => {
    lines.push(line.replaceAll(/localhost:\d+/g, 'web').replaceAll(/connection \d+/g, 'connection'));
  });
  process.argv = [...argv.slice(0, 1), 'main.js'];
  await import('../src/main.js');
  expect(lines.map((line) => line.trim().replace(/ \d+ characters,/, ''))).toEqual([
    'http://web/',
    'the proxy asks for ntlm (1)',
    'the proxy asks for ntlm (2)',
    '200, proxy: ntlm, connection (used again)',
    'http://web/echo',
    '200, proxy: ntlm, connection (used again)',
    'https://web/',
    'the proxy asks for ntlm (1)',
    'the proxy asks for ntlm (2)',
    '200, proxy: ntlm, connection (new)',
    'https://web/echo',
    '200, proxy: ntlm, connection (used again)',
  ]);
  expect(process.exitCode).toBeUndefined();
});
