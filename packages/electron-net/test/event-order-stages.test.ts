import { basicAuth, type Fault } from '@netloom/lab';
import { describe, expect, test } from 'vitest';
import { type ClientRequest, net } from '../src/index.js';
import { useLab } from './support/lab.js';
import { closed, record } from './support/record.js';

const environment = useLab();
const ABORTED = ['request abort', 'request close'];
const BY_PROXY = { proxyBypassRules: '<-loopback>' };

async function origin(options: { fault?: Fault; auth?: boolean; protocol?: 'http' | 'https' } = {}) {
  const { protocol = 'http', fault, auth } = options;
  return environment.lab.origin({
    protocol,
    ...(fault === undefined ? {} : { fault }),
    ...(auth ? { auth: { schemes: [basicAuth()] } } : {}),
  });
}

const request = (url: string) => net.request({ url, session: environment.session });

/** Answers `login` events, and notes them among the others. */
function answering(made: ClientRequest, events: string[], ...answers: [string?, string?][]): void {
  made.on('login', (info, callback) => {
    events.push(`request login ${info.isProxy ? 'proxy' : 'server'} ${info.scheme}`);
    callback(...(answers.shift() ?? []));
  });
}

describe('aborted', () => {
  test('while a connection is being opened', async () => {
    const server = await origin();
    const made = request(`${server.url}/echo`);
    const events = record(made);
    made.end();
    setImmediate(() => made.abort());
    await closed(made);
    expect(events).toEqual(['request finish', ...ABORTED]);
  });

  test('by the listener for finish', async () => {
    const server = await origin();
    const made = request(`${server.url}/echo`);
    const events = record(made);
    made.on('finish', () => made.abort());
    made.end();
    await closed(made);
    expect(events).toEqual(['request finish', ...ABORTED]);
    expect(server.stats.requests).toBe(0);
  });

  test('when a redirect has been followed', async () => {
    const server = await origin();
    const made = request(`${server.url}/redirect?to=/hang`);
    const events = record(made);
    made.end();
    await server.until(({ stats }) => stats.requests === 2);
    made.abort();
    await closed(made);
    expect(events).toEqual(['request finish', 'request redirect 302', ...ABORTED]);
  });

  test('when a login has been answered', async () => {
    const server = await origin({ auth: true });
    const made = request(`${server.url}/hang`);
    const events = record(made);
    answering(made, events, ['alice', 'wonderland']);
    made.end();
    await server.until(({ stats }) => stats.requests === 2);
    made.abort();
    await closed(made);
    expect(events).toEqual(['request finish', 'request login server basic', ...ABORTED]);
  });

  test('while a tunnel is being asked for', async () => {
    const proxy = await environment.lab.proxy({ fault: { kind: 'stall', at: 'request' } });
    await environment.session.setProxy({ proxyRules: `127.0.0.1:${proxy.port}`, ...BY_PROXY });
    const made = request('https://origin.test/');
    const events = record(made);
    made.end();
    await proxy.until(({ stats }) => stats.openConnections === 1);
    made.abort();
    await closed(made);
    expect(events).toEqual(['request finish', ...ABORTED]);
    await proxy.until(({ stats }) => stats.openConnections === 0);
  });

  test('by the listener for the end of the response', async () => {
    const server = await origin();
    const made = request(`${server.url}/echo`);
    const events = record(made, (response) => {
      response.resume();
      response.on('end', () => made.abort());
    });
    made.end();
    await closed(made);
    expect(events.slice(0, 4)).toEqual(['request finish', 'request response 200', 'response end', 'request abort']);
    expect(events.at(-1)).toBe('request close');
    expect(events.filter((event) => event.endsWith('close')).sort()).toEqual(['request close', 'response close']);
  });
});

describe('failing', () => {
  test.each<[string, Fault, string]>([
    ['within a body that is reset', { kind: 'reset', at: 'body' }, 'ERR_CONNECTION_RESET'],
    ['within a body that is closed', { kind: 'close', at: 'body' }, 'ERR_CONTENT_LENGTH_MISMATCH'],
  ])('%s', async (_name, fault, code) => {
    const server = await origin({ fault });
    const made = request(`${server.url}/big?bytes=500000`);
    const events = record(made);
    made.end();
    await closed(made);
    const error = `response error net::${code}`;
    expect(events).toEqual(['request finish', 'request response 200', error, 'response close', 'request close']);
  });

  test('because of a certificate', async () => {
    const server = await origin({ protocol: 'https' });
    const made = request(`${server.url}/echo`);
    const events = record(made);
    made.end();
    await closed(made);
    expect(events).toEqual(['request finish', 'request error net::ERR_CERT_AUTHORITY_INVALID', 'request close']);
  });

  test.each([
    ['http', 'net::ERR_PROXY_CONNECTION_FAILED'],
    ['https', 'net::ERR_PROXY_CONNECTION_FAILED'],
  ])('because there is no proxy, for %s', async (scheme, message) => {
    await environment.session.setProxy({ proxyRules: `127.0.0.1:${await environment.lab.deadPort()}`, ...BY_PROXY });
    const made = request(`${scheme}://origin.test/`);
    const events = record(made);
    made.end();
    await closed(made);
    expect(events).toEqual(['request finish', `request error ${message}`, 'request close']);
  });

  test('when it is redirected where no redirect may lead', async () => {
    const server = await origin();
    for (const to of ['file:///etc/hosts', 'data:,text', 'about:blank', 'blob:http://a.test/1']) {
      const made = request(`${server.url}/redirect?to=${encodeURIComponent(to)}`);
      const events = record(made);
      made.end();
      await closed(made);
      expect(events).toEqual(['request finish', 'request error net::ERR_UNSAFE_REDIRECT', 'request close']);
    }
  });

  test('while a person thinks about a login', async () => {
    const server = await origin({ auth: true });
    const made = request(`${server.url}/echo`);
    const events = record(made);
    made.on('login', (_info, callback) => {
      environment.session.closeAllConnections().then(() => callback('alice', 'wonderland'));
    });
    made.end();
    await closed(made);
    expect(events.slice(0, 2)).toEqual(['request finish', 'request response 200']);
  });
});

describe('a login at the proxy that is given', () => {
  test.each(['http', 'https'] as const)('for %s', async (protocol) => {
    const server = await origin({ protocol });
    const proxy = await environment.lab.proxy({ auth: { schemes: [basicAuth()] } });
    environment.session.setCertificateVerifyProc((_request, callback) => callback(0));
    await environment.session.setProxy({ proxyRules: `127.0.0.1:${proxy.port}`, ...BY_PROXY });
    const made = request(`${server.url}/echo`);
    const events = record(made);
    answering(made, events, ['alice', 'wonderland']);
    made.end();
    await closed(made);
    const middle = ['request login proxy basic', 'request response 200'];
    expect(events).toEqual(['request finish', ...middle, 'response end', 'response close', 'request close']);
  });
});

test('a redirect tells where it leads: an absolute URL, the next method, fields as lists', async () => {
  const server = await origin();
  const made = net.request({
    method: 'POST',
    url: `${server.url}/redirect?to=/echo&status=302`,
    session: environment.session,
  });
  const told: unknown[] = [];
  made.on('redirect', (...args) => told.push(...args));
  made.on('response', (response) => response.resume());
  made.end('text');
  await closed(made);
  expect(told).toEqual([302, 'GET', `${server.url}/echo`, expect.objectContaining({ location: ['/echo'] })]);
});
