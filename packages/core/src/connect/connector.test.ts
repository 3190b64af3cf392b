import { createLab, type Lab } from '@netloom/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { get, labConnector, opening, via } from '../../test/support/connecting.js';

let lab: Lab;

beforeAll(async () => {
  lab = await createLab();
});

afterAll(() => lab.close());

describe('ways to an origin', () => {
  const secret = { username: 'alice', password: 'päßword' };
  const ways = {
    direct: async () => undefined,
    'HTTP proxy': async () => via('http', await lab.proxy()),
    'HTTPS proxy': async () => via('https', await lab.proxy({ tls: true })),
    SOCKS4: async () => via('socks4', await lab.socks({ versions: ['4'] })),
    'SOCKS4 with user id': async () => via('socks4', await lab.socks({ username: 'alice' }), { credentials: secret }),
    SOCKS4a: async () => via('socks4a', await lab.socks({ versions: ['4a'] })),
    SOCKS5: async () => via('socks5', await lab.socks({ versions: ['5'] })),
    'SOCKS5, name resolved here': async () => via('socks5', await lab.socks(), { resolveAt: 'client' }),
    'SOCKS5 with password': async () => via('socks5', await lab.socks(secret), { credentials: secret }),
  } as const;

  for (const [name, way] of Object.entries(ways)) {
    for (const protocol of ['http', 'https', 'h2'] as const) {
      test(`${protocol} origin: ${name}`, async () => {
        const origin = await lab.origin({ protocol });
        const route = await way();
        const alpn = protocol === 'h2' ? ['h2', 'http/1.1'] : ['http/1.1'];
        const opened = await labConnector(lab).open(opening(origin.url, { ...(route && { route }), alpn }));
        expect(opened.alpn).toBe(protocol === 'http' ? undefined : protocol === 'h2' ? 'h2' : 'http/1.1');
        expect(opened.auth.multiplexed).toBe(protocol === 'h2');
        if (protocol === 'h2') return void opened.socket.destroy();
        expect(await get(opened.socket)).toMatch(/^HTTP\/1\.1 200 /);
        expect(origin.stats.requests).toBe(1);
      });
    }
  }
});
