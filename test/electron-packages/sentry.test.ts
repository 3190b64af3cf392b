import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { electron, load, useCorporateNetwork } from './corporate-network.js';

interface Sentry {
  makeElectronTransport(options: Record<string, unknown>): {
    send(envelope: unknown): Promise<{ statusCode?: number }>;
    flush(timeout?: number): Promise<boolean>;
  };
}

const network = useCorporateNetwork();

test.each([
  ['short', 100],
  ['long, which is compressed', 100_000],
])('a report is posted through the proxy: %s', async (_name, length) => {
  const received: { type: string | undefined; body: string }[] = [];
  const url = await network.serve(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const isCoded = request.headers['content-encoding'] === 'gzip';
    received.push({ type: request.headers['content-type'], body: String(isCoded ? gunzipSync(body) : body) });
    response.writeHead(200, { 'x-sentry-rate-limits': '' }).end('{}');
  });
  // The session that the transport asks for by name; it has no listener for `login`.
  await network.signIn(electron.session.fromPartition('sentry-electron'));
  const { makeElectronTransport } = load('@sentry/electron/main') as Sentry;
  const transport = makeElectronTransport({
    url: `${url}/api/1/envelope/?sentry_key=key`,
    recordDroppedEvent: () => undefined,
  });
  const message = 'x'.repeat(length);
  const { statusCode } = await transport.send([{ event_id: 'a' }, [[{ type: 'event' }, { message }]]]);
  expect(statusCode).toBe(200);
  expect(await transport.flush(1000)).toBe(true);
  expect(received).toEqual([{ type: 'application/x-sentry-envelope', body: expect.stringContaining(message) }]);
  expect(network.proxy.stats.requests).toBeGreaterThan(0);
});
