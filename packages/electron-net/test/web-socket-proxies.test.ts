import { basicAuth, digestAuth, ntlmAuth } from '@netloom/lab';
import { beforeEach, describe, expect, test } from 'vitest';
import { app, net, type WebSocketMessageEvent } from '../src/index.js';
import { useLab } from './support/lab.js';
import { useProgram } from './support/program.js';
import { closed, next, recorded } from './support/web-socket.js';

const environment = useLab();
const SCHEMES = { basic: basicAuth, digest: digestAuth, ntlm: ntlmAuth };
const connect = (url: string) => new net.WebSocket(url.replace(/^http/, 'ws'), { session: environment.session });

/** Goes by a proxy, to the machine itself as well. */
const useProxy = (url: string) => environment.session.setProxy({ proxyRules: url, proxyBypassRules: '<-loopback>' });

/** Who asked for credentials in the session, each of whom is answered as alice. */
function askedIn(session = environment.session): string[] {
  const asked: string[] = [];
  session.on('login', ({ scheme, isProxy }, callback) => {
    asked.push(`${scheme} ${isProxy ? 'proxy' : 'server'}`);
    callback('alice', 'wonderland');
  });
  return asked;
}

/** What comes back for a text, over a WebSocket that is closed thereafter. */
async function echoed(url: string): Promise<unknown> {
  const socket = connect(url);
  const events = recorded(socket);
  const message = next<WebSocketMessageEvent>(socket, 'message');
  socket.onopen = () => socket.send('hello');
  await Promise.race([message, next(socket, 'close')]);
  socket.close();
  await closed(socket);
  return events;
}
const ECHOED = ['open (1)', 'message hello (1)', 'close 1005  true (3)'];

beforeEach(() => environment.session.setCertificateVerifyProc((_request, callback) => callback(0)));

describe.each(Object.keys(SCHEMES) as (keyof typeof SCHEMES)[])('%s', (name) => {
  test.each(['http', 'https'] as const)('signs in at a proxy, on the way to a server of %s', async (protocol) => {
    const origin = await environment.lab.origin({ protocol });
    const proxy = await environment.lab.proxy({ auth: { schemes: [SCHEMES[name]()] } });
    await useProxy(proxy.url);
    const asked = askedIn();
    expect(await echoed(`${origin.url}/ws`)).toEqual(ECHOED);
    expect(await echoed(`${origin.url}/ws`)).toEqual(ECHOED);
    expect([asked, proxy.stats.tunnels]).toEqual([[`${name} proxy`], 2]);
  });

  test.each(['http', 'https'] as const)('signs in at a server of %s', async (protocol) => {
    const origin = await environment.lab.origin({ protocol, auth: { schemes: [SCHEMES[name]()] } });
    const asked = askedIn();
    expect(await echoed(`${origin.url}/ws`)).toEqual(ECHOED);
    expect(asked).toEqual([`${name} server`]);
  });
});

test('user info of the URL answers a server', async () => {
  const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()] } });
  const asked = askedIn();
  expect(await echoed(`${origin.url.replace('//', '//alice:wonderland@')}/ws`)).toEqual(ECHOED);
  expect(asked).toEqual([]);
});

test('where the session has no listener, the app is asked', async () => {
  const origin = await environment.lab.origin({ protocol: 'http', auth: { schemes: [basicAuth()] } });
  app.once('login', (event, _webContents, _details, _authInfo, callback) => {
    event.preventDefault();
    callback('alice', 'wonderland');
  });
  expect(await echoed(`${origin.url}/ws`)).toEqual(ECHOED);
});

test.each(['http', 'https'] as const)(
  'a proxy that nobody answers opens no tunnel to a server of %s',
  async (protocol) => {
    const origin = await environment.lab.origin({ protocol });
    const proxy = await environment.lab.proxy({ auth: { schemes: [basicAuth()] } });
    await useProxy(proxy.url);
    expect(await echoed(`${origin.url}/ws`)).toEqual([
      'error net::ERR_TUNNEL_CONNECTION_FAILED (3)',
      'close 1006  false (3)',
    ]);
  },
);

test.each(['http', 'https', 'SOCKS'])('a proxy of %s', async (kind) => {
  const origin = await environment.lab.origin({ protocol: 'h2' });
  const proxy =
    kind === 'SOCKS' ? await environment.lab.socks() : await environment.lab.proxy({ tls: kind === 'https' });
  await useProxy(proxy.url);
  expect(await echoed(`${origin.url}/ws`)).toEqual(ECHOED);
  expect(proxy.stats.connections).toBe(1);
});

test('a certificate that the session does not trust', async () => {
  const origin = await environment.lab.origin({ protocol: 'https' });
  environment.session.setCertificateVerifyProc(null);
  expect(await echoed(`${origin.url}/ws`)).toEqual([
    'error net::ERR_CERT_AUTHORITY_INVALID (3)',
    'close 1006  false (3)',
  ]);
});

test('is closed while somebody is asked', async () => {
  const origin = await environment.lab.origin({ protocol: 'http' });
  const proxy = await environment.lab.proxy({ auth: { schemes: [basicAuth()] } });
  await useProxy(proxy.url);
  const asked = new Promise((resolve) => environment.session.once('login', resolve));
  const socket = connect(`${origin.url}/ws`);
  const events = recorded(socket);
  await asked;
  socket.close();
  await closed(socket);
  expect(events).toEqual(['error net::ERR_ABORTED (3)', 'close 1006  false (3)']);
});

describe('a process', () => {
  const program = useProgram(`
    const { app, net } = require('electron');
    try { new net.WebSocket('ws://origin.test'); } catch (error) { console.log(error.message); }
    app.whenReady().then(() => {
      const socket = new net.WebSocket(process.argv[2]);
      socket.onmessage = ({ data }) => { console.log(data); socket.close(); };
      socket.onerror = ({ message, constructor }) => console.log(message);
      socket.onclose = ({ code, wasClean }) => console.log(code, wasClean);
      socket.onopen = () => socket.send('hello');
    });
  `);

  test('lives as long as its WebSockets, which need the app to be ready', async () => {
    const { url } = await environment.lab.origin({ protocol: 'http' });
    const { stdout } = await program.run(`${url}/ws`);
    expect(stdout.split('\n')).toEqual(['net module can only be used after app is ready', 'hello', '1005 true', '']);
    expect((await program.run(`${url}/no`)).stdout).toContain('net::ERR_INVALID_RESPONSE\n1006 false\n');
  });
});
