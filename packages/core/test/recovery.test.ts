import { basicAuth, boundAuth, digestAuth, type Fault } from '@netloom/lab';
import { describe, expect, test } from 'vitest';
import { outcome, useLab } from './support/lab-client.js';
import { ManualClock } from './support/manual-clock.js';

const environment = useLab();

const SCHEMES = { basic: basicAuth, digest: digestAuth, bound: boundAuth };
type SchemeName = keyof typeof SCHEMES;
const names = Object.keys(SCHEMES) as SchemeName[];

/** Who signs in: the server itself, a proxy that is given whole URLs, a proxy that opens tunnels. */
const TARGETS = ['server', 'forwarding proxy', 'tunnelling proxy'] as const;

async function setUp(
  target: (typeof TARGETS)[number],
  scheme: SchemeName,
  fault?: Fault | Fault[],
  closeAfterChallenge?: boolean,
) {
  const { lab } = environment;
  const auth = { schemes: [SCHEMES[scheme]()], ...(closeAfterChallenge && { closeAfterChallenge }) };
  const guarded = { auth, ...(fault && { fault }) };
  const origin = await lab.origin({
    protocol: target === 'tunnelling proxy' ? 'https' : 'http',
    ...(target === 'server' && guarded),
  });
  if (target === 'server') return { origin, peer: origin, proxy: undefined };
  const proxy = await lab.proxy(guarded);
  return { origin, peer: proxy, proxy: proxy.url };
}

const matrix = TARGETS.flatMap((target) => names.map((scheme) => [target, scheme] as const));

describe('a connection that goes away', () => {
  test.each(matrix)('%s with %s closes after every challenge that begins a sign-in', async (target, scheme) => {
    const { origin, proxy } = await setUp(target, scheme, undefined, true);
    const client = environment.client({ proxy });
    const answers = Array.from({ length: 5 }, () => outcome(client.request(`${origin.url}/echo`)));
    expect(await Promise.all(answers)).toEqual([200, 200, 200, 200, 200]);
  });

  test.each(['server', 'forwarding proxy'] as const)(
    '%s closes after every challenge that begins a sign-in, fifty requests at a time',
    async (target) => {
      const { origin, peer, proxy } = await setUp(target, 'bound', undefined, true);
      const client = environment.client({ proxy, limits: { perOrigin: 6 } });
      const answers = Array.from({ length: 50 }, () => outcome(client.request(`${origin.url}/echo`)));
      expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
      // Six are refused; those that come after know how to begin.
      expect(peer.stats.connections).toBeLessThanOrEqual(12);
      expect(peer.stats.handshakes).toBeLessThanOrEqual(6);
    },
  );

  test.each(matrix)('%s with %s closes after its first challenge without a word', async (target, scheme) => {
    const { origin, proxy } = await setUp(target, scheme, { kind: 'close', at: 'challenge', first: 1 });
    expect(await outcome(environment.client({ proxy }).request(`${origin.url}/echo`))).toBe(200);
  });

  test.each(TARGETS)('%s closes between two rounds once', async (target) => {
    const { origin, peer, proxy } = await setUp(target, 'bound', { kind: 'close', at: 'round', first: 1 });
    expect(await outcome(environment.client({ proxy }).request(`${origin.url}/echo`))).toBe(200);
    expect(peer.stats.handshakes).toBe(1);
  });

  test.each(TARGETS)('%s closes between two rounds every time', async (target) => {
    const { origin, peer, proxy } = await setUp(target, 'bound', { kind: 'close', at: 'round' });
    const code = await outcome(environment.client({ proxy }).request(`${origin.url}/echo`));
    expect(code).toMatch(/^ERR_(EMPTY_RESPONSE|CONNECTION_CLOSED|TUNNEL_CONNECTION_FAILED)$/);
    const conversations = peer.log.filter((event) => event.type === 'fault').length;
    expect(conversations).toBe(4); // the first one and three restarts
  });

  test.each(names)('server with %s closes on every second request', async (scheme) => {
    const { origin } = await setUp('server', scheme, { kind: 'close', at: 'response', every: 2 });
    const client = environment.client();
    const codes: (number | string)[] = [];
    for (let i = 0; i < 10; i += 1) codes.push(await outcome(client.request(`${origin.url}/echo`)));
    expect(codes).toEqual(codes.map(() => 200));
  });

  test('a reused connection that was closed is replaced once', async () => {
    const origin = await environment.lab.origin({
      protocol: 'http',
      fault: { kind: 'reset', at: 'request', after: 1, first: 1 },
    });
    const client = environment.client({ limits: { perOrigin: 1 } });
    expect(await outcome(client.request(`${origin.url}/echo`))).toBe(200);
    expect(await outcome(client.request(`${origin.url}/echo`, { method: 'POST', body: 'once more' }))).toBe(200);
    expect(origin.stats.connections).toBe(2);
  });

  test('an HTTP/2 connection is replaced by one, however many streams it had', async () => {
    const origin = await environment.lab.origin({
      protocol: 'h2',
      fault: { kind: 'reset', at: 'request', after: 1, first: 1 },
    });
    const client = environment.client();
    expect(await outcome(client.request(`${origin.url}/echo`))).toBe(200);
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.request(`${origin.url}/echo`)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200));
    // What has begun to be answered cannot be sent again, and may be lost with its connection; what has not, is sent.
    const endings = await Promise.all(answers.map((answer) => outcome(Promise.resolve(answer))));
    const lost = endings.filter((ending) => ending !== 200);
    expect(lost.filter((code) => !/^ERR_CONNECTION_(CLOSED|RESET)$/.test(`${code}`))).toEqual([]);
    expect(lost.length).toBeLessThan(20);
    expect(origin.stats.connections).toBe(2);
  });

  test('an idle connection serves, whoever else waits for one that cannot be opened', async () => {
    const origin = await environment.lab.origin({
      protocol: 'http',
      fault: { kind: 'reset', at: 'request', path: '/upload' },
    });
    let reachable = true;
    const client = environment.client({
      hostResolver: {
        lookup: () =>
          reachable ? Promise.resolve([{ address: '127.0.0.1', family: 4 }]) : new Promise(() => undefined),
      },
    });
    const get = (path: string) => outcome(client.request(`${origin.url.replace('127.0.0.1', 'localhost')}${path}`));
    expect(await Promise.all([get('/slow'), get('/slow')])).toEqual([200, 200]);
    reachable = false;
    const lost = get('/upload');
    await origin.until(({ stats }) => stats.openConnections === 1);
    await new Promise(setImmediate);
    expect(await get('/echo')).toBe(200);
    await client.destroy();
    expect(await lost).toBe('ERR_ABORTED');
  });

  test('a fresh connection that is reset is an error', async () => {
    const origin = await environment.lab.origin({ protocol: 'http', fault: { kind: 'reset', at: 'request' } });
    expect(await outcome(environment.client().request(`${origin.url}/echo`))).toBe('ERR_CONNECTION_RESET');
    expect(origin.stats.connections).toBe(1);
  });

  test('a server that says keep-alive for one second keeps its connection through a sign-in', async () => {
    const origin = await environment.lab.origin({
      protocol: 'http',
      auth: { schemes: [boundAuth()] },
      fault: { kind: 'keep-alive-hint', seconds: 1 },
    });
    expect(await outcome(environment.client().request(`${origin.url}/echo`))).toBe(200);
    expect(origin.stats.connections).toBe(1);
  });
});

describe('a question', () => {
  test.each(matrix)('of %s with %s is asked once by 50 parallel requests', async (target, scheme) => {
    const { origin, proxy } = await setUp(target, scheme);
    let questions = 0;
    const client = environment.client({
      proxy,
      credentials: async () => {
        questions += 1;
        return { username: 'alice', password: 'wonderland' };
      },
    });
    const answers = Array.from({ length: 50 }, () => outcome(client.request(`${origin.url}/echo`)));
    expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
    expect(questions).toBe(1);
  });

  test.each(TARGETS)('of %s may take longer than the time limits of a connection', async (target) => {
    const { origin, proxy } = await setUp(target, 'bound');
    const clock = new ManualClock();
    const client = environment.client({
      proxy,
      clock,
      credentials: async () => {
        for (let s = 0; s < 45; s += 1) {
          clock.advance(1000);
          await new Promise(setImmediate);
        }
        return { username: 'alice', password: 'wonderland' };
      },
    });
    expect(await outcome(client.request(`${origin.url}/echo`))).toBe(200);
  });

  test('holds no connection while it waits for its answer', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    let answer: (identity: { username: string; password: string }) => void = () => undefined;
    let asked: () => void = () => undefined;
    const question = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const client = environment.client({
      limits: { perOrigin: 1 },
      credentials: () => {
        asked();
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    });
    const guarded = outcome(client.request(`${origin.url}/auth/basic`));
    await question;
    expect(await outcome(client.request(`${origin.url}/echo`))).toBe(200);
    answer({ username: 'alice', password: 'wonderland' });
    expect(await guarded).toBe(200);
    expect(origin.stats.connections).toBe(1);
  });

  test('that is refused is asked again with what was refused', async () => {
    const { origin } = await setUp('server', 'basic');
    const asks: unknown[] = [];
    const client = environment.client({
      credentials: async ({ attempt, rejected, realm }) => {
        asks.push([attempt, rejected?.password, realm]);
        return { username: 'alice', password: attempt === 1 ? 'wrong' : 'wonderland' };
      },
    });
    expect(await outcome(client.request(`${origin.url}/echo`))).toBe(200);
    expect(asks).toEqual([
      [1, undefined, 'lab'],
      [2, 'wrong', 'lab'],
    ]);
  });

  test('that is not answered delivers the 401 with its body', async () => {
    const { origin } = await setUp('server', 'basic');
    const answer = await environment.client({ credentials: async () => undefined }).request(`${origin.url}/echo`);
    expect(answer.statusCode).toBe(401);
    expect((await answer.body.text()).length).toBeGreaterThan(0);
  });
});

describe('an upload', () => {
  test.each(['http', 'https', 'h2'] as const)(
    'that is answered by a 401 before it ends is sent again (%s)',
    async (protocol) => {
      const origin = await environment.lab.origin({ protocol, auth: { schemes: [basicAuth()], early: true } });
      const payload = Buffer.alloc(900_000, 'x');
      const answer = await environment.client().request(`${origin.url}/upload`, {
        method: 'POST',
        headers: { 'x-upload-id': 'early' },
        body: (async function* () {
          for (let i = 0; i < payload.length; i += 30_000) yield payload.subarray(i, i + 30_000);
        })(),
      });
      expect(answer.statusCode).toBe(200);
      await answer.body.text();
      expect(origin.uploads.get('early')).toHaveLength(1);
      expect(origin.uploads.get('early')?.[0]?.bytes).toBe(payload.length);
    },
  );
});
