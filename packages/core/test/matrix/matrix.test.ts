import { createHash } from 'node:crypto';
import {
  basicAuth,
  boundAuth,
  createLab,
  digestAuth,
  type Lab,
  type LabServer,
  type Origin,
  type ServerScheme,
} from '@netloom/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { basic, createClient, digest, type RequestBody } from '../../src/index.js';
import { bound } from '../support/bound-scheme.js';
import { PeakConnections } from '../support/peak-connections.js';
import { allCells, type Cell, pairwiseCells, titleOf } from './cells.js';
import { roundsByConnection } from './rounds.js';

const PARALLEL = 50;
const CONNECTIONS = 6;
const KEPT_BYTES = 150_000;
const PAYLOAD = Buffer.alloc(100_000, 'netloom ');
const TOO_LONG = Buffer.alloc(KEPT_BYTES + 50_000, 'netloom ');

const SCHEMES = { basic: basicAuth, digest: digestAuth, bound: boundAuth };

/** NETLOOM_FULL=1 runs every cell, otherwise every pair of values meets once. */
const cells = process.env.NETLOOM_FULL === '1' ? allCells() : pairwiseCells(allCells());

const peak = new PeakConnections();
let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.close());

describe(`${cells.length} of ${allCells().length} combinations, ${PARALLEL} requests each`, () => {
  test.concurrent.each(cells.map((cell) => [titleOf(cell), cell] as const))('%s', async (_title, cell) => {
    const origin = await lab.origin({ protocol: cell.protocol, ...authOf(cell.serverAuth) });
    const proxy = await startProxy(cell);
    const questions: string[] = [];
    const client = createClient({
      ...(proxy && { proxy: proxy.url }),
      auth: [bound(), digest(), basic()],
      credentials: async ({ target }) => {
        questions.push(target);
        return { username: 'alice', password: 'wonderland' };
      },
      limits: { perOrigin: CONNECTIONS },
      replayBufferBytes: KEPT_BYTES,
      tls: { ca: lab.ca.cert, trust: 'none' },
      proxyTls: { ca: lab.ca.cert, trust: 'none' },
    });
    const outcomes = await Promise.all(
      Array.from({ length: PARALLEL }, (_, i) => request(client, `${origin.url}/upload`, cell, `${i}`)),
    );

    const expected = expectedOutcome(cell);
    expect(tally(outcomes)).toEqual({ [expected]: PARALLEL });
    expectUploads(origin, cell, expected);
    expect(peak.of(origin, proxy?.server)).toBeLessThanOrEqual(CONNECTIONS);
    expectEconomy(origin, cell, questions);
    await client.close();
    await Promise.all([origin.close(), proxy?.server.close()]);
  });
});

function authOf(scheme: Cell['serverAuth']): { auth?: { schemes: ServerScheme[] } } {
  return scheme === 'none' ? {} : { auth: { schemes: [SCHEMES[scheme]()] } };
}

async function startProxy({ route, proxyAuth }: Cell): Promise<{ url: string; server: LabServer } | undefined> {
  if (route === 'direct') return undefined;
  if (route === 'http' || route === 'https') {
    const server = await lab.proxy({ tls: route === 'https', ...authOf(proxyAuth) });
    return { url: server.url, server };
  }
  const [scheme, password] = route.split('+');
  const server = await lab.socks(password === undefined ? {} : { username: 'alice', password: 'wonderland' });
  const user = password === undefined ? '' : 'alice:wonderland@';
  return { url: `${scheme}://${user}${server.host}:${server.port}`, server };
}

/** Status of the answer, or code of the error. */
type Outcome = number | string;

function expectedOutcome({ body, proxyAuth, serverAuth, protocol }: Cell): Outcome {
  if (body !== 'POST one-shot too long') return 200;
  if (proxyAuth !== 'none' && protocol === 'http') return 'ERR_PROXY_AUTH_REQUESTED';
  return serverAuth === 'none' ? 200 : 401;
}

function tally(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

async function request(client: ReturnType<typeof createClient>, url: string, cell: Cell, id: string): Promise<Outcome> {
  const [method = 'GET'] = cell.body.split(' ');
  try {
    const answer = await client.request(url, { method, body: bodyOf(cell), headers: { 'x-upload-id': id } });
    await answer.body.dump({ limit: 1e6 });
    return answer.statusCode;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

function bodyOf({ body }: Cell): RequestBody {
  switch (body) {
    case 'GET':
    case 'HEAD':
      return null;
    case 'POST 100 kB':
      return PAYLOAD;
    case 'POST factory':
      return () => inPieces(PAYLOAD);
    case 'POST one-shot':
      return inPieces(PAYLOAD);
    case 'POST one-shot too long':
      return inPieces(TOO_LONG);
  }
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let i = 0; i < bytes.length; i += 16_384) yield bytes.subarray(i, i + 16_384);
}

/** Each accepted body was received exactly once. */
function expectUploads(origin: Origin, { body }: Cell, expected: Outcome): void {
  const sent =
    body === 'GET' || body === 'HEAD' ? Buffer.alloc(0) : body === 'POST one-shot too long' ? TOO_LONG : PAYLOAD;
  const upload = { bytes: sent.length, sha256: createHash('sha256').update(sent).digest('hex') };
  for (let i = 0; i < PARALLEL; i += 1) {
    expect(origin.uploads.get(`${i}`) ?? []).toEqual(expected === 200 ? [upload] : []);
  }
}

function expectEconomy(origin: Origin, cell: Cell, questions: string[]): void {
  expect(origin.stats.crossSocket).toBe(0);
  // A request that cannot be repeated is not worth a question; the CONNECT before it is.
  const unrepeatable = cell.body === 'POST one-shot too long';
  const proxyAsks = cell.proxyAuth !== 'none' && !(unrepeatable && cell.protocol === 'http');
  const serverAsks = cell.serverAuth !== 'none' && !unrepeatable;
  expect(questions.sort()).toEqual([...(proxyAsks ? ['proxy'] : []), ...(serverAsks ? ['server'] : [])]);
  if (cell.serverAuth === 'bound') expectSignedInOnce(origin, unrepeatable ? 0 : PARALLEL);
}

const CHALLENGES_ALONE = /^(plain challenged;)*$/;
const ONE_SIGN_IN = /^(plain challenged;)*hello challenged;proof accepted;(plain accepted;)*$/;

/**
 * Every connection that served a request was signed in, once and in as few rounds as that takes, and carried no header
 * afterwards. No sign-in was in vain, and none was tried where requests share a connection.
 */
function expectSignedInOnce(origin: Origin, accepted: number): void {
  const used = roundsByConnection(origin.log).filter(({ rounds }) => !CHALLENGES_ALONE.test(rounds));
  for (const { rounds } of used) expect(rounds).toMatch(ONE_SIGN_IN);
  expect(used.filter(({ h2 }) => h2)).toEqual([]);
  expect(used.length).toBeLessThanOrEqual(CONNECTIONS);
  expect(origin.stats.handshakes).toBe(used.length);
  expect(used.flatMap(({ rounds }) => rounds.match(/accepted/g) ?? [])).toHaveLength(accepted);
}
