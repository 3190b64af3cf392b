import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClientRequest, type IncomingMessage, net } from '../src/index.js';
import { useLab } from './support/lab.js';

const environment = useLab();

const PATHS = [
  ...['/echo', '/status/204', '/big?bytes=300000', '/chunked?chunks=4', '/compressed/gzip', '/slow?ms=3', '/upload'],
  ...['/redirect?to=/echo', '/redirects/3', '/loop', '/redirect?to=file:///etc/hosts', '/auth/basic', '/hang'],
];

/** What is done to a request, at what moment. */
const scenario = fc.record({
  path: fc.constantFrom(...PATHS),
  method: fc.constantFrom('GET', 'POST', 'HEAD'),
  redirect: fc.constantFrom('follow' as const, 'error' as const, 'manual' as const),
  body: fc.constantFrom(undefined, 'text', Buffer.alloc(200_000)),
  chunked: fc.boolean(),
  broken: fc.boolean(),
  abort: fc.constantFrom(
    ...(['never', 'never', 'never', 'never', 'never', 'never'] as const),
    ...(['at once', 'before end', 'after end', 'next tick', 'next turn', 'later'] as const),
    ...(['on response', 'on data', 'on redirect', 'on login', 'on finish', 'twice'] as const),
  ),
  delay: fc.integer({ min: 0, max: 8 }),
  login: fc.constantFrom('absent' as const, 'refused' as const, 'given' as const, 'wrong' as const),
  // Only a response that nobody takes lets a request end with `finish`: that is tried twice as often.
  reading: fc.constantFrom('resume', 'pipe', 'iterate', 'nothing', 'nobody', 'nobody', 'destroy', 'readable'),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

/** Reads the response in the way of the scenario. */
function read(response: IncomingMessage, reading: Scenario['reading']): void {
  response.on('error', () => undefined);
  if (reading === 'resume' || reading === 'pipe') response.resume();
  else if (reading === 'iterate') response.toArray().catch(() => undefined);
  else if (reading === 'destroy') response.destroy();
  else if (reading === 'readable') response.on('readable', () => void response.read());
}

/** Plays a scenario; resolves with the names of the request's events when it has closed and some time has passed. */
async function play(url: string, { abort, ...what }: Scenario): Promise<string[]> {
  const { path, method, redirect, body, chunked, delay, login, reading } = what;
  const request: ClientRequest = net.request({ url: url + path, method, redirect, session: environment.session });
  const events: string[] = [];
  for (const event of ['finish', 'redirect', 'response', 'abort', 'error', 'close'] as const) {
    if (event !== 'response' || reading !== 'nobody') request.on(event, () => events.push(event));
  }
  const now = () => request.abort();
  if (abort === 'on response') request.on('response', now);
  if (abort === 'on data') request.on('response', (response) => response.once('data', now));
  if (abort === 'on redirect') request.on('redirect', now);
  if (abort === 'on finish') request.on('finish', now);
  if (reading !== 'nobody') request.on('response', (response) => read(response, reading));
  request.on('redirect', () => delay % 2 === 0 && request.followRedirect());
  if (login !== 'absent') {
    request.on('login', (_info, callback) => {
      if (abort === 'on login') now();
      if (login === 'refused') callback();
      else setTimeout(() => callback('alice', login === 'given' ? 'wonderland' : 'looking-glass'), delay);
    });
  }
  if (abort === 'at once') now();
  request.chunkedEncoding = chunked;
  if (body !== undefined && abort !== 'at once') request.write(body);
  if (abort === 'before end') now();
  request.end();
  if (abort === 'after end') now();
  if (abort === 'next tick') process.nextTick(now);
  if (abort === 'next turn') setImmediate(now);
  if (abort === 'later') setTimeout(now, delay);
  if (abort === 'twice') for (let i = 0; i < 2; i++) setTimeout(now, delay);
  // What would never end is ended; an abort of what has closed does nothing.
  const timer = setTimeout(now, path === '/hang' ? 50 : 10_000);
  if (!request.closed) await new Promise<void>((resolve) => request.once('close', resolve));
  clearTimeout(timer);
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  return events;
}

test('however 1 000 requests end, each closes once, and says nothing afterwards', { timeout: 60_000 }, async () => {
  const sound = await environment.lab.origin({ protocol: 'http' });
  const broken = await environment.lab.origin({
    protocol: 'http',
    fault: [
      { kind: 'reset', at: 'request', every: 5 },
      { kind: 'close', at: 'request', every: 4 },
      { kind: 'close', at: 'body', every: 3 },
      { kind: 'close', at: 'response', every: 2 },
    ],
  });
  const endings: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(fc.array(scenario, { minLength: 50, maxLength: 50 }), async (scenarios) => {
      const played = await Promise.all(scenarios.map((one) => play((one.broken ? broken : sound).url, one)));
      for (const events of played) {
        const ending = events.at(-2) ?? 'nothing';
        endings[ending] = (endings[ending] ?? 0) + 1;
        expect(events.at(-1)).toBe('close');
        for (const event of ['finish', 'response', 'abort', 'error', 'close']) {
          expect(events.filter((one) => one === event).length).toBeLessThan(2);
        }
        expect(events).not.toEqual(expect.arrayContaining(['abort', 'error']));
      }
    }),
    { numRuns: 20, seed: 7, endOnFailure: true },
  );
  // The scenarios are of every kind.
  for (const ending of ['finish', 'response', 'abort', 'error']) expect(endings[ending]).toBeGreaterThan(20);
  await environment.session.closeAllConnections();
  await Promise.all([sound, broken].map((server) => server.until(({ stats }) => stats.openConnections === 0)));
});
