import { createLab } from '@netloom/lab';
import { expect, it } from 'vitest';
import { createConnector } from '../src/connect/connector.js';
import { loadEngine } from '../src/engine/create-engine.js';
import { entry } from '../src/interceptors/entry.js';
import { route } from '../src/interceptors/route.js';
import { Pool } from '../src/pool/pool.js';
import { ClientDispatcher } from '../src/client/dispatcher.js';
import { assemble } from '../src/client/pipeline.js';
import { systemHostResolver } from '../src/dns/system-host-resolver.js';
import { DIRECT, parseProxyUrl, systemClock } from '@netloom/contracts';
import { request } from 'undici';

for (const protocol of ['http', 'https', 'h2'] as const) for (const way of ['direct','proxy','sproxy','socks'])
it(`${protocol} ${way}`, async () => {
  const lab = await createLab();
  const origin = await lab.origin({ protocol });
  const p = way === 'direct' ? undefined : way === 'socks' ? await lab.socks() : await lab.proxy({ tls: way === 'sproxy' });
  const pool = new Pool({
    connector: createConnector({ hostResolver: systemHostResolver, clock: systemClock, tls: { origin: { ca: lab.ca.cert }, proxy: { ca: lab.ca.cert } } }),
    loadEngine, limits: { perOrigin: 6, perProxy: 256, total: 256 }, http2: true, headersMs: 0, bodyMs: 0, tunnelAuth: () => ({ scheme: undefined, dispose() {}, header: async () => undefined, challenged: async () => { throw new Error('x') }, succeeded: async () => {}, restart: () => false }),
  });
  const dispatch = assemble({ entry: entry(), redirect: undefined, cookies: undefined, decode: undefined, cache: undefined, 'sign-in': undefined, route: route(p ? { proxy: parseProxyUrl(p.url) } : DIRECT) }, [], (o, h) => pool.dispatch(o, h));
  const dispatcher = new ClientDispatcher({ dispatch, close: () => pool.close(), destroy: (e) => pool.destroy(e ?? new Error('d')) });
  await Promise.all(Array.from({ length: 50 }, async (_, i) => {
    const { statusCode, body } = await request(`${origin.url}/echo?${i}`, { dispatcher, method: 'POST', body: 'x'.repeat(100000) });
    expect(statusCode).toBe(200);
    const json = await body.json() as any;
    expect(json.bytes).toBe(100000);
  }));
  const r = await fetch(`${origin.url}/echo`, { dispatcher } as any);
  expect(r.status).toBe(200); await r.text();
  console.log(protocol, way, origin.stats.connections, origin.stats.requests);
  expect(origin.stats.connections).toBeLessThanOrEqual(6);
  await dispatcher.close();
  await lab.close();
});
