import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.restoreAllMocks();
});

test('both schemes sign in, and are asked once', async () => {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => {
    lines.push(line.trim());
  });
  await import('../src/main.js');
  expect(lines).toEqual([
    'A scheme that signs requests',
    'asked for credentials: signature, realm "orders"',
    'GET 200 as alice by signature, sent 2 ×',
    'POST 200 as alice by signature, sent 1 ×',
    'POST 200 as alice by signature, sent 1 ×',
    'connections: 1, handshakes: 0',
    'A scheme that signs a connection in',
    'asked for credentials: bound, realm ""',
    'GET 200 as alice by bound, sent 3 ×',
    'POST 200 as alice by bound, sent 1 ×',
    'POST 200 as alice by bound, sent 1 ×',
    'connections: 1, handshakes: 1',
  ]);
  expect(process.exitCode).toBeUndefined();
});
