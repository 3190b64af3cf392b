import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, digest } from '@netloom/core';
import { afterEach, describe, expect, it } from 'vitest';
import { FILES, PEOPLE, PORTS, squidPort } from '../testbed/layout.js';
import { withPeers } from './daemons.js';
import { apacheRequests } from './logs/apache.js';
import { squidRequests } from './logs/squid.js';

describe('Digest nonces that go stale', () => {
  let asked = 0;
  const client = (person: keyof typeof PEOPLE, proxy?: string) =>
    createClient({
      auth: [digest()],
      ...(proxy && { proxy }),
      tls: { ca: readFileSync(FILES.ca) },
      credentials: async () => {
        asked += 1;
        return PEOPLE[person];
      },
    });
  afterEach(() => {
    asked = 0;
  });

  it('Squid: a nonce serves three requests, and nobody is asked again', () =>
    withPeers(['squid-strict', 'apache'], async () => {
      const log = squidRequests('strict');
      await log.mark();
      const { request, close } = client('proxy', `http://proxy.test:${squidPort('strict', 'http', 'digest')}`);
      for (let i = 0; i < 10; i += 1) {
        const { statusCode, body } = await request(`http://web.test:${PORTS.apacheHttp}/none/?${i}`);
        await body.dump();
        expect(statusCode).toBe(200);
      }
      await close();
      await log.flush();
      expect(asked).toBe(1);
      const entries = await log.read();
      expect(entries.filter(({ status }) => status === 200)).toHaveLength(10);
      const nonces = new Set(entries.map((entry) => /nonce="([^"]+)"/.exec(entry.proxyAuthorization ?? '')?.[1]));
      nonces.delete(undefined);
      expect(nonces.size).toBeGreaterThan(2);
      // The next nonce comes with an answer, or in a refusal that says stale.
      expect(entries.length - 10).toBeLessThanOrEqual(nonces.size);
    }));

  it('Apache: a nonce lives for a second, and nobody is asked again', () =>
    withPeers(['apache'], async () => {
      const log = apacheRequests();
      await log.mark();
      const { request, close } = client('origin');
      const refused = async () => (await log.read()).filter(({ status }) => status === 401).length;
      const deadline = Date.now() + 10_000;
      while ((await refused()) < 2) {
        expect(Date.now(), 'no nonce went stale').toBeLessThan(deadline);
        const { statusCode, body } = await request(`http://web.test:${PORTS.apacheHttp}/digest-stale/`);
        await body.dump();
        expect(statusCode).toBe(200);
        await delay(100);
      }
      await close();
      expect(asked).toBe(1);
    }));
});
