import { CONNECTIONS, compareAll, entrants, type Scenario } from './scenario.js';

export const h2: Scenario = {
  name: 'h2',
  summary: '1 KiB over HTTP/2; undici 7 with one connection and 100 streams',
  run: (bench) =>
    compareAll(
      bench,
      [10, 100].map((parallel) => ({
        name: `1 KiB, ${parallel} in parallel`,
        base: 'undici.request',
        task: { kind: 'get', url: `${bench.servers.h2}/1k` },
        parallel,
        contestants: entrants(
          [
            ...(['undici.request', 'client.request', 'client.dispatch', 'client.fetch', 'net.request'] as const),
            ...(['net.fetch', 'undici.dispatch', 'undici.fetch', 'undici 8 request', 'curl'] as const),
          ],
          { connections: CONNECTIONS, http2: true },
        ),
      })),
    ),
};
