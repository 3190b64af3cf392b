import type { CredentialsProvider } from '@netloom/contracts';
import { basicAuth } from '@netloom/lab';
import { describe, expect, test, vi } from 'vitest';
import type { Client, ClientOptions, DispatchOptions } from '../src/index.js';
import { basic } from '../src/index.js';
import { outcome, useLab } from './support/lab-client.js';
import { serve } from './support/servers.js';

const environment = useLab();
const alice = { username: 'alice', password: 'wonderland' };
const knows: CredentialsProvider = async ({ attempt }) => (attempt === 1 ? alice : undefined);
const gives: CredentialsProvider = async () => undefined;

function clientOf(options: ClientOptions = {}): Client {
  return environment.client({ auth: [basic()], ...options });
}

describe('a provider of the request itself', () => {
  test.each([
    ['answers in place of the client’s', knows, 200],
    ['gives up in place of the client’s', gives, 401],
  ])('%s', async (_name, credentialsProvider, status) => {
    const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()] } });
    const own = vi.fn(credentialsProvider);
    const credentials = vi.fn(knows);
    const client = clientOf({ credentials });

    expect(await outcome(client.request(`${origin.url}/echo`, { credentialsProvider: own }))).toBe(status);
    expect(own).toHaveBeenCalled();
    expect(credentials).not.toHaveBeenCalled();
  });

  test('is asked where the client has none', async () => {
    const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()] } });
    const client = clientOf({ credentials: undefined });
    expect(await outcome(client.request(`${origin.url}/echo`))).toBe(401);
    expect(await outcome(client.request(`${origin.url}/echo`, { credentialsProvider: knows }))).toBe(200);
  });

  test('is not given the answer that another provider gives at the same time', async () => {
    const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()] } });
    const client = clientOf();
    const get = (credentialsProvider: CredentialsProvider) =>
      outcome(client.request(`${origin.url}/echo`, { credentialsProvider }));

    expect(await Promise.all([get(gives), get(knows)])).toEqual([401, 200]);
  });

  test('shares its answer among the requests that name it', async () => {
    const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()] } });
    const credentialsProvider = vi.fn(knows);
    const client = clientOf();
    const get = () => outcome(client.request(`${origin.url}/echo`, { credentialsProvider }));

    expect(await Promise.all([get(), get(), get()])).toEqual([200, 200, 200]);
    expect(credentialsProvider).toHaveBeenCalledTimes(1);
  });

  test.each(['http', 'https'] as const)('signs in at the proxy of an %s request', async (protocol) => {
    const origin = await environment.lab.origin({ protocol });
    const proxy = await environment.lab.proxy({ auth: { schemes: [basicAuth()] } });
    const client = clientOf({ proxy: proxy.url, credentials: gives });
    const get = (credentialsProvider?: CredentialsProvider) =>
      outcome(client.request(`${origin.url}/echo`, { credentialsProvider }));

    expect(await get()).toBe(protocol === 'http' ? 407 : 'ERR_PROXY_AUTH_REQUESTED');
    const answers = await Promise.all([get(), get(knows), get()]);
    expect(answers[1]).toBe(200);
  });

  test('is asked for a tunnel whose first request was given up', async () => {
    const origin = await environment.lab.origin({ protocol: 'h2' });
    const proxy = await environment.lab.proxy({ auth: { schemes: [basicAuth()] } });
    const client = clientOf({ proxy: proxy.url });
    const abort = new AbortController();
    const never: CredentialsProvider = ({ signal }) =>
      new Promise((resolve) => {
        abort.signal.addEventListener('abort', () => resolve(undefined));
        signal.addEventListener('abort', () => resolve(undefined));
        if (!abort.signal.aborted) setImmediate(() => abort.abort(new Error('given up')));
      });

    const first = client.request(`${origin.url}/echo`, { credentialsProvider: never, signal: abort.signal });
    const second = outcome(client.request(`${origin.url}/echo`, { credentialsProvider: knows }));
    await expect(first).rejects.toThrow('given up');
    expect(await second).toBe(200);
  });

  test.each([
    [{ credentialsProvider: {} }, 'credentialsProvider has to be a function; got Object'],
    [{ credentials: 'some' }, 'credentials has to be one of include, omit; got "some"'],
  ])('has to be one: %j', async (options, message) => {
    await expect(clientOf().request('http://origin.test/', options as never)).rejects.toThrow(new TypeError(message));
  });
});

describe('dispatch', () => {
  /** The body of the answer, and how it was served. */
  function dispatch(client: Client, options: DispatchOptions) {
    return new Promise<{ status: number; text: string; served: ReturnType<Client['dispatch']> }>((resolve, reject) => {
      let status = 0;
      let text = '';
      const served = client.dispatch(options, {
        onRequestStart: () => undefined,
        onResponseStart(_controller, statusCode) {
          status = statusCode;
        },
        onResponseData(_controller, chunk) {
          text += chunk;
        },
        onResponseEnd: () => resolve({ status, text, served }),
        onResponseError: (_controller, error) => reject(error),
      });
    });
  }

  test('gets the answer after a challenge that was too long to be kept', async () => {
    let answered: () => void = () => undefined;
    let requests = 0;
    const { origin } = await serve((_request, response) => {
      requests += 1;
      if (requests > 1) return void response.end('signed in');
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' });
      const more = () => {
        response.write(Buffer.alloc(256 * 1024));
        // So much piles up here only when the client has stopped reading.
        if (response.writableLength > 16 * 1024 * 1024) answered();
      };
      const timer = setInterval(more, 1);
      response.once('close', () => clearInterval(timer));
    });
    const full = new Promise<void>((resolve) => {
      answered = resolve;
    });
    const client = clientOf({ credentials: () => full.then(() => alice) });
    expect((await dispatch(client, { origin, path: '/', method: 'GET' })).status).toBe(200);
  });

  test('tells how the request was served', async () => {
    const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()] } });
    const client = clientOf();
    const { status, served } = await dispatch(client, { origin: origin.url, path: '/echo', method: 'GET' });
    expect(status).toBe(200);
    expect(served.route).toBe('direct://');
    expect(served.auth).toEqual({ server: 'basic', proxy: undefined });
    expect(served.connection).toMatchObject({ protocol: 'http/1.1', reused: true });
  });

  test('takes a body that can be made again, and follows redirects where asked to', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const { text } = await dispatch(clientOf(), {
      origin: origin.url,
      path: '/redirect?to=/echo&status=307',
      method: 'POST',
      redirect: 'follow',
      body: () => ['made ', 'twice'],
    });
    expect(JSON.parse(text)).toMatchObject({ method: 'POST', path: '/echo', bytes: 10 });
  });

  test('delivers a 407, and nothing to who wants no credentials sent', async () => {
    const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()] } });
    const proxy = await environment.lab.proxy({ auth: { schemes: [basicAuth()] } });
    const request = { origin: origin.url, path: '/echo', method: 'GET' };
    const through = clientOf({ proxy: proxy.url, credentials: gives });
    expect((await dispatch(through, request)).status).toBe(407);
    expect((await dispatch(clientOf(), { ...request, credentials: 'omit' })).status).toBe(401);
  });
});

describe('closeAllConnections', () => {
  test('fails what is under way, and what waits for a connection, and the client goes on', async () => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const client = clientOf({ limits: { perOrigin: 1 } });
    const hanging = outcome(client.request(`${origin.url}/hang`));
    const waiting = outcome(client.request(`${origin.url}/echo`));
    await origin.until(({ stats }) => stats.requests === 1);

    client.closeAllConnections();
    expect(await hanging).toBe('ERR_ABORTED');
    expect(await waiting).toBe('ERR_ABORTED');
    await origin.until(({ stats }) => stats.openConnections === 0);
    expect(await outcome(client.request(`${origin.url}/echo`))).toBe(200);
  });
});
