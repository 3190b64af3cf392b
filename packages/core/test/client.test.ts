import { NetError, type ProxyResolver, type RouteOutcome } from '@netloom/contracts';
import { basicAuth, boundAuth } from '@netloom/lab';
import { describe, expect, test } from 'vitest';
import { channels, type Destination, type Layer } from '../src/index.js';
import { outcome, useLab } from './support/lab-client.js';

const environment = useLab();

describe('a client', () => {
  test('takes layers of a user', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const signed: Layer = (dispatch) => (options, handler) =>
      dispatch({ ...options, headers: [...(options.headers as string[]), 'x-mine', 'yes'] }, handler);
    const client = environment.client({ layers: [{ before: 'sign-in', layer: signed }] });
    const { body } = await client.request(`${origin.url}/echo`);
    expect(((await body.json()) as { headers: string[] }).headers.join(' ')).toContain('x-mine yes');
  });

  test('sends no credentials where they are omitted, and uses no signed-in connection', async () => {
    const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [boundAuth()] } });
    const client = environment.client();
    expect(await outcome(client.request(`${origin.url}/echo`))).toBe(200);
    expect(await outcome(client.request(`${origin.url}/echo`, { credentials: 'omit' }))).toBe(401);
    expect(await outcome(client.request(`${origin.url}/echo`))).toBe(200);
  });

  test('forgets credentials and signed-in connections', async () => {
    const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [boundAuth()] } });
    let questions = 0;
    const client = environment.client({
      credentials: async () => {
        questions += 1;
        return { username: 'alice', password: 'wonderland' };
      },
    });
    expect(await outcome(client.request(`${origin.url}/echo`))).toBe(200);
    client.clearAuthCache();
    expect(await outcome(client.request(`${origin.url}/echo`))).toBe(200);
    expect(questions).toBe(2);
  });

  test('leaves a request alone that is signed by its caller', async () => {
    const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()] } });
    const authorization = `Basic ${Buffer.from('alice:wonderland').toString('base64')}`;
    const client = environment.client({ credentials: undefined });
    expect(await outcome(client.request(`${origin.url}/echo`, { headers: { authorization } }))).toBe(200);
    expect(await outcome(client.request(`${origin.url}/echo`, { headers: { authorization: 'Basic eDp5' } }))).toBe(401);
  });

  test('answers for its own credentials only: a redirect takes none to another origin', async () => {
    const other = await environment.lab.origin({ protocol: 'http' });
    const origin = await environment.lab.origin({ protocol: 'http' });
    const to = encodeURIComponent(`${other.url}/echo`);
    const client = environment.client({ redirect: { mode: 'follow' } });
    const headers = { authorization: 'Basic c2VjcmV0', cookie: 'a=b', 'proxy-authorization': 'Basic c2VjcmV0' };
    const { body } = await client.request(`${origin.url}/redirect?to=${to}`, { headers });
    const echo = (await body.json()) as { headers: string[] };
    expect(echo.headers.join(' ').toLowerCase()).not.toMatch(/authorization|cookie|c2vjcmv0/);
  });

  test('opens connections where it is told to, through tunnels too, and sends requests as they are', async () => {
    const { lab } = environment;
    const [http, https, proxy] = await Promise.all([
      lab.origin({ protocol: 'http' }),
      lab.origin({ protocol: 'https' }),
      lab.proxy(),
    ]);
    const asked: string[] = [];
    const mapDestination = ({ protocol, host, port }: Destination): Destination => {
      asked.push(`${host}:${port}`);
      return { protocol, host: '127.0.0.1', port: protocol === 'https:' ? https.port : http.port };
    };
    const direct = environment.client({ mapDestination });
    const tunnelled = environment.client({ mapDestination, proxy: proxy.url });
    const hosts = await Promise.all(
      [
        direct.request('http://a.test/echo'),
        direct.request('https://b.test/echo'),
        tunnelled.request('https://c.test/echo'),
      ].map(async (response) => ((await (await response).body.json()) as { headers: string[] }).headers.join(' ')),
    );
    expect(hosts.map((text) => /(?:host|:authority) ([a-z.]+)/i.exec(text)?.[1])).toEqual([
      'a.test',
      'b.test',
      'c.test',
    ]);
    expect(asked.sort()).toEqual(['a.test:80', 'b.test:443', 'c.test:443']);
    expect(proxy.stats.requests).toBe(1);
  });

  test('closes an idle connection of another origin when it may hold no more', async () => {
    const { lab } = environment;
    const [one, other] = await Promise.all([lab.origin({ protocol: 'http' }), lab.origin({ protocol: 'http' })]);
    const client = environment.client({ limits: { total: 1 } });
    for (const { url } of [one, other, one]) expect(await outcome(client.request(`${url}/echo`))).toBe(200);
    const both = [one, other].flatMap(({ url }) => [1, 2, 3].map(() => outcome(client.request(`${url}/slow?ms=5`))));
    expect(new Set(await Promise.all(both))).toEqual(new Set([200]));
  });

  test('come to the next one also when another that waits is given up', async () => {
    const [one, other] = await Promise.all([
      environment.lab.origin({ protocol: 'http' }),
      environment.lab.origin({ protocol: 'http' }),
    ]);
    const client = environment.client({ limits: { total: 1 } });
    const first = await client.request(`${one.url}/stall`);
    const given = new AbortController();
    const waiting = [
      client.request(`${other.url}/echo`, { signal: given.signal }),
      client.request(`${other.url}/echo`),
    ] as const;
    given.abort();
    await expect(waiting[0]).rejects.toMatchObject({ name: 'AbortError' });
    one.release();
    await first.body.dump();
    expect(await outcome(waiting[1])).toBe(200);
  });

  test('is closed, once it is idle, for a request of another user', async () => {
    const users = { alice: 'wonderland', bob: 'builder' };
    const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [boundAuth()], users } });
    const client = environment.client({ limits: { perOrigin: 1 } });
    const as = (user: keyof typeof users) =>
      outcome(client.request(origin.url.replace('//', `//${user}:${users[user]}@`)));
    expect(await as('alice')).toBe(200);
    // The first one is served by the connection that is there, and the others must not be.
    expect(await Promise.all([as('alice'), as('bob'), as('bob')])).toEqual([200, 200, 200]);
    expect([origin.stats.connections, origin.stats.crossSocket]).toEqual([2, 0]);
  });

  test('opens no connection for nothing while others serve', async () => {
    const origin = await environment.lab.origin({ protocol: 'https' });
    const client = environment.client({ http2: false });
    let left = 200;
    const worker = async () => {
      while (left > 0) {
        left -= 1;
        expect(await outcome(client.request(`${origin.url}/echo`))).toBe(200);
      }
    };
    await Promise.all(Array.from({ length: 10 }, worker));
    expect(origin.stats.connections).toBeLessThanOrEqual(10);
  });

  test('tells what happens, and no secret', async () => {
    const seen: unknown[] = [];
    const listen = (event: unknown) => seen.push(event);
    for (const channel of Object.values(channels)) channel.subscribe(listen);
    const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()] } });
    await outcome(environment.client().request(`${origin.url}/echo`));
    for (const channel of Object.values(channels)) channel.unsubscribe(listen);
    expect(seen).toContainEqual(expect.objectContaining({ target: 'server', schemes: ['basic'] }));
    expect(JSON.stringify(seen)).not.toMatch(/wonderland|YWxpY2/);
  });
});

describe('routes of a resolver', () => {
  const listed = (proxies: readonly (string | undefined)[], outcomes: RouteOutcome[]): ProxyResolver => ({
    resolve: async () => ({
      routes: proxies.map((url) => {
        if (url === undefined) return { proxy: undefined };
        const { protocol, hostname, port } = new URL(url);
        return { proxy: { scheme: protocol.slice(0, -1) as 'http', host: hostname, port: Number(port) } };
      }),
      why: { source: 'test' },
      settle: (settled) => void outcomes.push(settled),
    }),
  });

  test('are tried in order until one can be used, and settled', async () => {
    const { lab } = environment;
    const origin = await lab.origin({ protocol: 'http' });
    const alive = await lab.proxy();
    const dead = `http://127.0.0.1:${await lab.deadPort()}`;
    const outcomes: RouteOutcome[] = [];
    const client = environment.client({ proxy: listed([dead, alive.url], outcomes) });
    const { route, body } = await client.request(`${origin.url}/echo`);
    await body.text();
    expect(route).toBe(alive.url);
    expect(outcomes).toHaveLength(1);
    expect(outcomes[0]?.failures.map(({ error }) => error.code)).toEqual(['ERR_PROXY_CONNECTION_FAILED']);
    expect(outcomes[0]?.used?.proxy?.port).toBe(alive.port);
  });

  test('are waited for only where they are not known at once', async () => {
    const { lab } = environment;
    const [origin, proxy] = await Promise.all([lab.origin({ protocol: 'http' }), lab.proxy()]);
    const outcomes: RouteOutcome[] = [];
    const resolver = listed([proxy.url], outcomes);
    const known: string[] = [];
    const asked: string[] = [];
    const client = environment.client({
      proxy: {
        resolve(url, options) {
          asked.push(url.pathname);
          return resolver.resolve(url, options);
        },
        resolveNow(url) {
          if (url.pathname !== '/echo') return undefined;
          known.push(url.pathname);
          return { routes: [{ proxy: undefined }], why: { source: 'test' }, settle: (out) => void outcomes.push(out) };
        },
      },
    });
    const routes = [];
    for (const path of ['/echo', '/slow?ms=0']) {
      const { route, body } = await client.request(origin.url + path);
      await body.dump();
      routes.push(route);
    }
    expect(routes).toEqual(['direct://', proxy.url]);
    expect([known, asked]).toEqual([['/echo'], ['/slow']]);
    expect(outcomes.map(({ used }) => used?.proxy?.port)).toEqual([undefined, proxy.port]);
  });

  test('give the last error when all are dead', async () => {
    const { lab } = environment;
    const outcomes: RouteOutcome[] = [];
    const dead = await Promise.all([lab.deadPort(), lab.deadPort()]);
    const client = environment.client({
      proxy: listed(
        dead.map((port) => `http://127.0.0.1:${port}`),
        outcomes,
      ),
    });
    expect(await outcome(client.request('http://example.test/'))).toBe('ERR_PROXY_CONNECTION_FAILED');
    expect(outcomes[0]?.failures).toHaveLength(2);
    expect(outcomes[0]?.used).toBeUndefined();
  });

  test('are not changed once bytes of the request were sent', async () => {
    const { lab } = environment;
    const origin = await lab.origin({ protocol: 'http' });
    const broken = await lab.proxy({ fault: { kind: 'reset', at: 'request' } });
    const alive = await lab.proxy();
    const outcomes: RouteOutcome[] = [];
    const client = environment.client({ proxy: listed([broken.url, alive.url], outcomes) });
    expect(await outcome(client.request(`${origin.url}/echo`, { method: 'POST', body: 'once' }))).toBe(
      'ERR_CONNECTION_RESET',
    );
    expect(outcomes[0]?.bytesSent).toBe(true);
    expect(alive.stats.requests).toBe(0);
  });

  test('that refuse a tunnel are final', async () => {
    const { lab } = environment;
    const origin = await lab.origin({ protocol: 'https' });
    const refusing = await lab.proxy({ fault: { kind: 'connect-answer', status: 403 } });
    const client = environment.client({ proxy: listed([refusing.url, undefined], []) });
    expect(await outcome(client.request(`${origin.url}/echo`))).toBe('ERR_TUNNEL_CONNECTION_FAILED');
    expect(origin.stats.connections).toBe(0);
  });

  test.each([
    [
      'a NetError',
      new NetError('ERR_MANDATORY_PROXY_CONFIGURATION_FAILED'),
      'ERR_MANDATORY_PROXY_CONFIGURATION_FAILED',
    ],
    ['anything else', new Error('broken'), 'ERR_FAILED'],
  ])('%s of the resolver ends the request', async (_name, error, code) => {
    const client = environment.client({ proxy: { resolve: () => Promise.reject(error) } });
    expect(await outcome(client.request('http://example.test/'))).toBe(code);
    const atOnce = environment.client({
      proxy: {
        resolve: () => Promise.reject(new Error('not to be asked')),
        resolveNow() {
          throw error;
        },
      },
    });
    expect(await outcome(atOnce.request('http://example.test/'))).toBe(code);
  });

  test('can be waited for no longer', async () => {
    const abort = new AbortController();
    const client = environment.client({ proxy: { resolve: () => new Promise(() => undefined) } });
    const answer = client.request('http://example.test/', { signal: abort.signal });
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(answer).rejects.toBe(reason);
  });
});

describe('closing a client', () => {
  test('resolves for everybody who asked for it', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const client = environment.client();
    const hanging = outcome(client.request(`${origin.url}/hang`));
    await origin.until(({ stats }) => stats.requests === 1);
    const closed = client.close();
    await client.destroy();
    await closed;
    expect(await hanging).toBe('ERR_ABORTED');
  });

  test('closes a connection that was still being opened, once it has served', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const client = environment.client();
    const answer = outcome(client.request(`${origin.url}/echo`));
    const closed = client.close();
    expect(await answer).toBe(200);
    await closed;
  });

  /** A response that goes on on an HTTP/2 connection that the server has given up. */
  async function givenUp() {
    const origin = await environment.lab.origin({
      protocol: 'h2',
      fault: { kind: 'goaway', mode: 'graceful', after: 1 },
    });
    const client = environment.client();
    const { body } = await client.request(`${origin.url}/stall`);
    expect(await outcome(client.request(`${origin.url}/echo`))).toBe(200);
    return { origin, client, body };
  }

  test('waits for what is under way on an HTTP/2 connection that the server has given up', async () => {
    const { origin, client, body } = await givenUp();
    const closed = client.close().then(() => 'closed');
    const text = body.text().then(() => 'read');
    setImmediate(() => origin.release());
    expect(await Promise.race([closed, text])).toBe('read');
    await closed;
  });

  test('at once ends what is under way on such a connection', async () => {
    const { client, body } = await givenUp();
    const text = body.text();
    void client.destroy();
    await expect(text).rejects.toMatchObject({ code: 'ERR_ABORTED' });
  });
});

describe('time limits over HTTP/2', () => {
  test('are not those of a caller who takes his time to read', async () => {
    const origin = await environment.lab.origin({ protocol: 'h2' });
    const bytes = 16 * 1024 * 1024;
    const { body } = await environment.client().request(`${origin.url}/big?bytes=${bytes}`, { bodyTimeout: 500 });
    await outcome(environment.client().request(`${origin.url}/slow?ms=1200`));
    expect((await body.arrayBuffer()).byteLength).toBe(bytes);
  });

  test('begin anew with each piece of an upload', async () => {
    const origin = await environment.lab.origin({ protocol: 'h2' });
    async function* slowly() {
      for (let i = 0; i < 20; i += 1) yield await new Promise<string>((resolve) => setTimeout(resolve, 50, 'piece'));
    }
    const upload = { method: 'POST', body: slowly(), headersTimeout: 500 } as const;
    expect(await outcome(environment.client().request(`${origin.url}/echo`, upload))).toBe(200);
  });
});
