import type { Echo } from '@netloom/lab';
import { describe, expect, test } from 'vitest';
import { type ClientRequest, type ClientRequestConstructorOptions, net } from '../src/index.js';
import { useLab } from './support/lab.js';
import { answer, closed, record } from './support/record.js';

const environment = useLab();

/** A request to an origin that tells what it has received. */
async function echo(options: ClientRequestConstructorOptions = {}, path = '/echo') {
  const origin = await environment.lab.origin({ protocol: 'http' });
  return { origin, request: net.request({ url: origin.url + path, session: environment.session, ...options }) };
}

/** The fields that a request arrives with, by lower-case name. */
async function fieldsOf(request: ClientRequest, body?: string): Promise<Record<string, string>> {
  const { text } = await answer(request, body);
  return fields(JSON.parse(text) as Echo);
}

function fields({ headers }: Echo): Record<string, string> {
  const entries = headers.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), headers[i + 1] as string]] : []));
  return Object.fromEntries(entries);
}

describe('fields of a program', () => {
  test('are found in any case, as they were given', () => {
    const request = net.request('http://origin.test/');
    request.setHeader('X-Number', 17 as never);
    expect(request.getHeader('x-nUMBER')).toBe(17);
    request.removeHeader('X-NUMBER');
    expect(request.getHeader('x-number')).toBeUndefined();
  });

  test('are sent in their case and order, as texts', async () => {
    const { request } = await echo({ headers: { 'X-First': 'a' } });
    request.setHeader('x-SECOND', 2 as never);
    request.setHeader('X-Third', 'ü');
    request.setHeader('x-first', 'b');
    const { headers } = JSON.parse((await answer(request)).text) as Echo;
    const own = headers.filter((text, i) => /^x-/i.test(text) || /^x-/i.test(headers[i - 1] ?? ''));
    expect(own).toEqual(['x-first', 'b', 'x-SECOND', '2', 'X-Third', Buffer.from('ü').toString('latin1')]);
  });

  test.each([
    ['write', (request: ClientRequest) => request.write('')],
    ['end', (request: ClientRequest) => request.end()],
  ])('cannot be changed after the first %s', async (_name, begin) => {
    const { request } = await echo({ method: 'POST', headers: { a: 'b' } });
    begin(request);
    expect(() => request.setHeader('c', 'd')).toThrow("Can't set headers after they are sent");
    expect(() => request.removeHeader('a')).toThrow("Can't remove headers after they are sent");
    expect(request.getHeader('a')).toBe('b');
    request.abort();
    await closed(request);
  });

  test.each([
    ...['Content-Length', 'Host', 'Trailer', 'Te', 'Upgrade', 'Cookie2', 'Keep-Alive', 'Transfer-Encoding'],
    ...['Proxy-Authorization', 'proxy-anything'],
  ])('fail the request where the network stack sets them: %s', async (name) => {
    const { request, origin } = await echo();
    request.setHeader(name, '1');
    const events = record(request);
    request.end();
    await closed(request);
    expect(events).toEqual(['request finish', 'request error net::ERR_INVALID_ARGUMENT', 'request close']);
    expect(origin.stats.connections).toBe(0);
  });

  test('may say what becomes of the connection, but not upgrade it', async () => {
    const kept = await echo({ headers: { Connection: 'close' } });
    expect((await fieldsOf(kept.request)).connection).toBe('close');
    const { request } = await echo({ headers: { Connection: 'Upgrade' } });
    const events = record(request);
    request.end();
    await closed(request);
    expect(events).toContain('request error net::ERR_INVALID_ARGUMENT');
  });

  test('a Cookie field goes out as it is', async () => {
    const { request } = await echo({ headers: { Cookie: 'a=b; c' } });
    expect((await fieldsOf(request)).cookie).toBe('a=b; c');
  });
});

describe('fetch metadata', () => {
  test('is there without a word, and no referer', async () => {
    const sent = await fieldsOf((await echo()).request);
    expect(sent).toMatchObject({ 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'none' });
    expect(sent).not.toHaveProperty('sec-fetch-user');
    expect(sent).not.toHaveProperty('referer');
    expect(sent).not.toHaveProperty('priority');
    expect(sent['user-agent']).toMatch(/^Mozilla\/5\.0 \(.+\) netloom$/);
  });

  test.each(['navigate', 'cors', 'no-cors', 'same-origin'])('mode %s overrides', async (mode) => {
    const { request } = await echo({ headers: { 'sec-fetch-mode': mode, 'sec-fetch-user': '?1' } });
    expect(await fieldsOf(request)).toMatchObject({ 'sec-fetch-mode': mode, 'sec-fetch-user': '?1' });
  });

  test.each(['empty', 'audio', 'font', 'image', 'script', 'sharedworker', 'xslt'])('destination %s', async (dest) => {
    const { request } = await echo({ headers: { 'Sec-Fetch-Dest': dest } });
    expect((await fieldsOf(request))['sec-fetch-dest']).toBe(dest);
  });

  test.each(['document', 'frame', 'iframe', 'fencedframe'])('destination %s is for navigations', async (dest) => {
    const navigation = await echo({ headers: { 'sec-fetch-dest': dest, 'sec-fetch-mode': 'navigate' } });
    expect((await fieldsOf(navigation.request))['sec-fetch-dest']).toBe(dest);
    const { request } = await echo({ headers: { 'sec-fetch-dest': dest } });
    const events = record(request);
    request.end();
    await closed(request);
    expect(events[1]).toMatch(/^request error sec-fetch-dest ".*" says that/);
  });

  test.each<[string, (origin: string) => ClientRequestConstructorOptions, string]>([
    ['the option', (origin) => ({ origin }), 'same-origin'],
    ['the option with a path', (origin) => ({ origin: `${origin}/some/path` }), 'same-origin'],
    ['the field', (origin) => ({ headers: { Origin: origin } }), 'same-origin'],
    ['another port', () => ({ origin: 'http://localhost:1' }), 'same-site'],
    ['another site', () => ({ origin: 'https://not-exists.com' }), 'cross-site'],
  ])('site by %s', async (_name, optionsOf, site) => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const { origin: own } = new URL(origin.url.replace('127.0.0.1', 'localhost'));
    const request = net.request({ url: `${own}/echo`, session: environment.session, ...optionsOf(own) });
    expect((await fieldsOf(request))['sec-fetch-site']).toBe(site);
  });

  test('becomes cross-site, and stays so, when a redirect leaves the site', async () => {
    const far = await environment.lab.origin({ protocol: 'http', host: '127.0.0.2' });
    const near = await environment.lab.origin({ protocol: 'http' });
    const back = `${far.url}/redirect?to=${encodeURIComponent(`${near.url}/echo`)}`;
    const request = net.request({
      url: `${near.url}/redirect?to=${encodeURIComponent(back)}`,
      origin: near.url,
      session: environment.session,
    });
    expect((await fieldsOf(request))['sec-fetch-site']).toBe('cross-site');
  });
});

describe('referer', () => {
  const given = 'http://user:secret@www.electronjs.org/path?query#fragment';
  test.each<[NonNullable<ClientRequestConstructorOptions['referrerPolicy']>, string | undefined]>([
    ['unsafe-url', 'http://www.electronjs.org/path?query'],
    ['no-referrer-when-downgrade', 'http://www.electronjs.org/path?query'],
    ['origin', 'http://www.electronjs.org/'],
    ['strict-origin', 'http://www.electronjs.org/'],
    ['origin-when-cross-origin', 'http://www.electronjs.org/'],
    ['', 'http://www.electronjs.org/'],
    ['same-origin', undefined],
    ['no-referrer', undefined],
  ])('policy "%s"', async (referrerPolicy, sent) => {
    const { request } = await echo({ headers: { Referer: given }, referrerPolicy });
    expect((await fieldsOf(request)).referer).toBe(sent);
  });
});

describe('credentials', () => {
  test('in a URL answer a 401, and later requests of the session use them', async () => {
    const { basicAuth } = await import('@netloom/lab');
    const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()] } });
    const url = (user = '') => `${origin.url.replace('//', `//${user}`)}/echo`;
    const get = async (target: string, more: ClientRequestConstructorOptions = {}) => {
      const request = net.request({ url: target, session: environment.session, ...more });
      let asked = 0;
      request.on('login', (_info, callback) => {
        asked += 1;
        callback();
      });
      const { response } = await answer(request);
      return [response.statusCode, asked];
    };
    expect(await get(url())).toEqual([401, 1]);
    expect(await get(url('alice:wonderland@'))).toEqual([200, 0]);
    expect(await get(url(), { useSessionCookies: false })).toEqual([200, 0]);
    expect(await get(url(), { credentials: 'omit' })).toEqual([401, 0]);
    expect(await get(url(), { credentials: 'same-origin', origin: 'http://other.test' })).toEqual([401, 0]);
    expect(await get(url(), { credentials: 'same-origin', origin: origin.url })).toEqual([200, 0]);
    await environment.session.clearAuthCache();
    expect(await get(url())).toEqual([401, 1]);
  });

  test('of a proxy are asked for, and used, whatever the mode', async () => {
    const { basicAuth } = await import('@netloom/lab');
    const proxy = await environment.lab.proxy({ auth: { schemes: [basicAuth()] } });
    await environment.session.setProxy({ proxyRules: `127.0.0.1:${proxy.port}`, proxyBypassRules: '<-loopback>' });
    const { request, origin } = await echo({ credentials: 'omit' });
    request.once('login', (info, callback) => {
      expect(info).toEqual({ isProxy: true, scheme: 'basic', host: '127.0.0.1', port: proxy.port, realm: 'lab' });
      callback('alice', 'wonderland');
    });
    expect((await answer(request)).response.statusCode).toBe(200);
    const again = net.request({ url: origin.url, session: environment.session, credentials: 'omit' });
    expect((await answer(again)).response.statusCode).toBe(200);
  });
});
