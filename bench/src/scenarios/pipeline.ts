import { CONNECTIONS, compareAll, EVERYBODY, entrants, type Scenario } from './scenario.js';

export const pipeline: Scenario = {
  name: 'pipeline',
  summary: 'chains of 5 redirects, and 50 kB of JSON with gzip, 10 in parallel',
  run: (bench) =>
    compareAll(bench, [
      {
        name: '5 redirects',
        base: 'undici.request',
        task: { kind: 'get', url: `${bench.servers.http}/redirects/5` },
        parallel: 10,
        contestants: entrants(EVERYBODY, { connections: CONNECTIONS, redirects: true }),
      },
      {
        name: '50 kB of JSON, gzip',
        base: 'undici.request',
        task: { kind: 'json', url: `${bench.servers.http}/json` },
        parallel: 10,
        contestants: entrants(
          EVERYBODY.filter((name) => name !== 'curl'),
          { connections: CONNECTIONS, decode: true },
        ),
      },
    ]),
};
