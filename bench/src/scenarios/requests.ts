import type { Case } from '../harness/measure.js';
import { CONNECTIONS, compareAll, EVERYBODY, entrants, type Scenario } from './scenario.js';

const PARALLEL = [1, 10, 100];

function cases(url: string): Case[] {
  return PARALLEL.map((parallel) => ({
    name: `1 KiB, ${parallel} in parallel`,
    base: 'undici.request',
    task: { kind: 'get', url: `${url}/1k` },
    parallel,
    contestants: entrants(EVERYBODY, { connections: CONNECTIONS }),
  }));
}

export const http: Scenario = {
  name: 'http',
  summary: '1 KiB over http, and 10 000 origins once each',
  run: async (bench) => [
    ...(await compareAll(bench, cases(bench.servers.http))),
    ...(await bench.compare(origins(bench.servers.http, bench.plan.origins))),
  ],
};

export const https: Scenario = {
  name: 'https',
  summary: '1 KiB over https, HTTP/1.1',
  run: (bench) => compareAll(bench, cases(bench.servers.https)),
};

/** A new connection for every request: nothing that was learnt of one origin helps with the next. */
function origins(url: string, operations: number): Case {
  return {
    name: 'every request to an origin of its own, 10 in parallel',
    base: 'undici.request',
    task: { kind: 'origins', url: `${url}/1k` },
    parallel: 10,
    operations,
    contestants: entrants(
      EVERYBODY.filter((name) => name !== 'curl'),
      { connections: 1 },
    ),
  };
}
