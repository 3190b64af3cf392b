import { afterEach, expect, test, vi } from 'vitest';

const { argv, env } = process;
afterEach(() => {
  process.argv = argv;
  process.env = env;
  vi.restoreAllMocks();
});

test('says why there is no ticket, and signs in by a password', async () => {
  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line.trim().replaceAll(/localhost:\d+/g, 'web'));
  };
  vi.spyOn(console, 'log').mockImplementation(keep);
  vi.spyOn(console, 'error').mockImplementation(keep);
  // Whoever runs this may have a ticket, but not for this proxy.
  process.env.KRB5CCNAME = 'FILE:/nonexistent/tickets';
  process.argv = [...argv.slice(0, 1), 'main.js'];
  await import('../src/main.js');
  expect(lines).toEqual([
    'With the ticket of the logged-in user:',
    'ERR_PROXY_AUTH_REQUESTED',
    expect.stringMatching(/^negotiate: (gssapi|sspi): .*; kerberos: /),
    // What the library itself says, where there is one.
    ...lines.slice(3).filter((line) => line.startsWith('gssapi: ')),
    'With a user name and a password as well:',
    'https://web 200, proxy: negotiate, server: -',
  ]);
  expect(process.exitCode).toBe(0);
}, 60_000);
