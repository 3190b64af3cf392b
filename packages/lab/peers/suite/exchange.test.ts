import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isNetError } from '@netloom/contracts';
import type { ClientResponse } from '@netloom/core';
import { describe, expect, it } from 'vitest';
import type { Echo } from '../servers/echo-origin.js';
import { PEOPLE, REALM } from '../testbed/layout.js';
import { clientFor } from './client.js';
import { withPeers } from './daemons.js';
import { economyObjections, REQUESTS } from './economy.js';
import { pending } from './pending.js';
import { secrecyObjections } from './secrecy.js';
import { ROWS, type Row } from './table.js';

const BODY = randomBytes(100_000);
const LOGGED_WITHIN = 4_000;

describe('a client against real peers', () => {
  for (const row of ROWS) {
    if (row.pending !== undefined) pending(row.name, row.pending);
    else it(row.name, () => withPeers(daemons(row), () => check(row)));
  }
});

function daemons({ proxy, origin }: Row): string[] {
  // Apache serves what Squid fronts as an origin; NTLM and its validator are behind the domain controller.
  const asks = [proxy?.asks, origin.asks];
  const behind = asks.includes('ntlm') || asks.includes('negotiate') ? ['samba'] : [];
  return [...new Set([...(proxy ? [proxy.daemon] : []), origin.daemon, 'apache', ...behind])];
}

async function check(row: Row): Promise<void> {
  await Promise.all([row.proxy?.log.mark(), row.origin.log.mark()]);
  const { client, asked } = clientFor(row);
  try {
    const outcomes = await perform(row, (url, options) => client.request(url, options));
    for (const outcome of outcomes) await assertOutcome(row, outcome);
    assertQuestions(row, asked.length);
  } finally {
    await client.close();
  }
  await assertEconomy(row);
}

type Send = (url: string, options: { method: string; body?: Buffer }) => Promise<ClientResponse>;

/** What came of a request; the body is read so that the connection is free again. */
type Outcome = { readonly response: ClientResponse; readonly text: string } | { readonly error: unknown };

async function perform({ origin, work, credentials }: Row, send: Send): Promise<Outcome[]> {
  const one = (name: string): Promise<Outcome> =>
    send(`${origin.url}?${name}`, work === 'POST 100 kB' ? { method: 'POST', body: BODY } : { method: 'GET' }).then(
      async (response) => ({ response, text: await response.body.text() }),
      (error: unknown) => ({ error }),
    );
  if (work === '50 parallel') return Promise.all(Array.from({ length: REQUESTS[work] }, (_, n) => one(`request-${n}`)));
  const outcomes = [await one('first')];
  if (work === 'GET' && credentials === 'right') outcomes.push(await one('second'));
  return outcomes;
}

async function assertOutcome(row: Row, outcome: Outcome): Promise<void> {
  const refusedBy =
    row.credentials === 'right' ? undefined : row.proxy && row.proxy.asks !== 'none' ? 'proxy' : 'origin';
  if (refusedBy === 'proxy' && (row.proxy!.asks === 'socks' || row.origin.url.startsWith('https:'))) {
    const error = 'error' in outcome ? outcome.error : undefined;
    expect(isNetError(error) && error.code).toBe(
      row.proxy!.asks === 'socks' ? 'ERR_SOCKS_CONNECTION_FAILED' : 'ERR_PROXY_AUTH_REQUESTED',
    );
    return;
  }
  if ('error' in outcome) throw outcome.error;
  const { response, text } = outcome;
  if (refusedBy !== undefined) {
    expect(response.statusCode).toBe(refusedBy === 'proxy' ? 407 : 401);
    return;
  }

  expect(response.statusCode, text).toBe(200);
  expect(response.connection?.protocol).toBe(row.origin.protocol);
  const echo = JSON.parse(text) as Echo;
  const { method, length, sha256, headers } = echo;
  const body = row.work === 'POST 100 kB' ? BODY : Buffer.alloc(0);
  expect({ method, length, sha256 }).toEqual({
    method: body.length > 0 ? 'POST' : 'GET',
    length: body.length,
    sha256: createHash('sha256').update(body).digest('hex'),
  });
  if (row.origin.asks !== 'none' && row.origin.daemon === 'apache') {
    const { username } = PEOPLE.origin;
    // A ticket names its realm.
    expect(headers['x-remote-user']).toBe(row.origin.asks === 'negotiate' ? `${username}@${REALM}` : username);
  }
}

/** The provider is asked once for each peer that wants credentials, however many requests wait for the answer. */
function assertQuestions({ proxy, origin, credentials }: Row, asked: number): void {
  if (credentials === 'missing') return;
  const byProxy = proxy && !proxy.credentialsInUrl && proxy.asks !== 'none' ? 1 : 0;
  const byOrigin = origin.asks === 'none' ? 0 : 1;
  if (credentials === 'right') expect(asked, 'questions').toBe(byProxy + byOrigin);
}

/** Logs are written after the client has its answer, so they are read until they are complete. */
async function assertEconomy(row: Row): Promise<void> {
  await row.proxy?.log.flush();
  await row.origin.log.flush();
  const deadline = Date.now() + LOGGED_WITHIN;
  for (;;) {
    const [proxy = [], origin] = await Promise.all([row.proxy?.log.read(), row.origin.log.read()]);
    const logs = {
      proxy: proxy.filter(({ port }) => port === row.proxy!.port),
      origin: origin.filter(({ port }) => port === row.origin.port),
    };
    const wrong = [...economyObjections(row, logs), ...secrecyObjections(row, logs)];
    if (wrong.length === 0) return;
    if (Date.now() > deadline) {
      expect.fail(`${wrong.join('; ')}\nproxy: ${JSON.stringify(logs.proxy)}\norigin: ${JSON.stringify(logs.origin)}`);
    }
    await delay(20);
  }
}
