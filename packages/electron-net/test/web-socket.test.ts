import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { app, net, WebSocket, type WebSocketErrorEvent, type WebSocketMessageEvent } from '../src/index.js';
import { useLab } from './support/lab.js';
import { closed, next, recorded, useServers } from './support/web-socket.js';

const environment = useLab();
const servers = useServers();
const connect = (url: string, options: ConstructorParameters<typeof WebSocket>[1] = {}) =>
  new net.WebSocket(url, { session: environment.session, ...(options as object) });
const echo = () =>
  servers.webSocket((peer) => peer.on('message', (data, binary) => peer.send(data as Buffer, { binary })));

beforeAll(() => app.whenReady());

describe('the constructor', () => {
  test.each([
    ['no URL', 'origin.test', undefined],
    ['another scheme', 'ftp://origin.test', undefined],
    ['a fragment', 'ws://origin.test/#part', undefined],
    ['an empty fragment', 'ws://origin.test/#', undefined],
    ['an empty subprotocol', 'ws://origin.test', ''],
    ['a subprotocol with a space', 'ws://origin.test', 'a b'],
    ['a repeated subprotocol', 'ws://origin.test', ['chat', 'Chat']],
    ['a repeated subprotocol among the options', 'ws://origin.test', { protocols: ['chat', 'chat'] }],
  ])('refuses %s', (_name, url, protocols) => {
    expect(() => new net.WebSocket(url, protocols)).toThrow(expect.objectContaining({ name: 'SyntaxError' }));
    expect(() => new net.WebSocket(url, protocols)).toThrow(DOMException);
  });

  test.each([
    [{ session: {} }, '`session` should be an instance of the Session class'],
    [{ partition: 1 }, '`partition` should be a string'],
    [{ origin: 1 }, '`origin` should be a string'],
    [{ protocols: 1 }, '`protocols` should be a string or an array of strings'],
    [{ headers: 'x' }, 'headers must be an object'],
    [{ headers: { 'x y': '1' } }, "Invalid header name: 'x y'"],
    [{ headers: { x: '1\n' } }, "Invalid value for header 'x': '1\n'"],
    [{ headers: { x: null } }, '`value` required in setHeader("x", value)'],
    [1, 'a WebSocket takes subprotocols or an object with options; got number'],
  ])('refuses the options %j', (options, message) => {
    expect(() => new net.WebSocket('ws://origin.test', options as never)).toThrow(message);
  });

  test('has the constants of the standard, and an EventTarget', () => {
    expect(net.WebSocket).toBe(WebSocket);
    for (const { CONNECTING, OPEN, CLOSING, CLOSED } of [WebSocket, WebSocket.prototype]) {
      expect([CONNECTING, OPEN, CLOSING, CLOSED]).toEqual([0, 1, 2, 3]);
    }
    expect(WebSocket.prototype).toBeInstanceOf(EventTarget);
  });
});

describe('a connection', () => {
  test('goes through its states, with the events of the standard', async () => {
    const socket = connect(`${(await echo()).replace('ws:', 'http:')}/path?query`);
    const events = recorded(socket);
    expect(socket.url).toMatch(/^ws:.*\/path\?query$/);
    expect(socket).toMatchObject({ readyState: 0, bufferedAmount: 0, extensions: '', protocol: '' });
    expect(() => socket.send('early')).toThrow(expect.objectContaining({ name: 'InvalidStateError' }));
    await next(socket, 'open');
    socket.send('text');
    await next(socket, 'message');
    socket.close(3000, 'done');
    expect(socket.readyState).toBe(WebSocket.CLOSING);
    socket.close();
    socket.send('late');
    expect(socket.bufferedAmount).toBe(4);
    await closed(socket);
    expect(events).toEqual(['open (1)', 'message text (1)', 'close 3000 done true (3)']);
  });

  test('delivers bytes in the form that is wanted', async () => {
    const socket = connect(await echo());
    await next(socket, 'open');
    expect(socket.binaryType).toBe('nodebuffer');
    const answer = async () => (await next<WebSocketMessageEvent>(socket, 'message')).data as unknown;
    socket.send(Buffer.from('abc'));
    expect(await answer()).toEqual(Buffer.from('abc'));
    socket.binaryType = 'arraybuffer';
    socket.send(new Uint8Array([1, 2, 3, 4]).subarray(1, 3));
    expect(await answer()).toEqual(new Uint8Array([2, 3]).buffer);
    socket.binaryType = 'blob';
    socket.send(new Uint8Array([5]).buffer);
    const blob = (await answer()) as Blob;
    expect([blob instanceof Blob, await blob.text()]).toEqual([true, '\u0005']);
    socket.binaryType = 'text' as never;
    expect(socket.binaryType).toBe('blob');
    socket.binaryType = 'nodebuffer';
    const shared = new SharedArrayBuffer(2);
    for (const data of [shared, new Uint8Array(shared)]) {
      socket.send(data);
      expect(await answer()).toEqual(Buffer.alloc(2));
    }
    socket.close();
    await closed(socket);
  });

  test('sends what comes after a Blob after it, and closes after that', async () => {
    const got: string[] = [];
    const url = await servers.webSocket((peer) => {
      peer.on('message', (data) => got.push(`${data}`));
      peer.on('close', (code) => got.push(`${code}`));
    });
    const socket = connect(url);
    await next(socket, 'open');
    const bytes = Buffer.from('bytes');
    socket.send(new Blob(['blob']));
    socket.send(bytes);
    bytes.fill(0);
    socket.send('text');
    expect(socket.bufferedAmount).toBe(13);
    socket.close(1000);
    expect(socket.readyState).toBe(WebSocket.CLOSING);
    await closed(socket);
    expect(got).toEqual(['blob', 'bytes', 'text', '1000']);
    expect(socket.bufferedAmount).toBe(0);
  });

  test('fails when a Blob cannot be read', async () => {
    const socket = connect(await echo());
    const events = recorded(socket);
    await next(socket, 'open');
    const blob = new Blob(['x']);
    vi.spyOn(blob, 'arrayBuffer').mockRejectedValue(new Error('gone'));
    socket.send(blob);
    socket.send('more');
    await closed(socket);
    expect(events).toEqual(['open (1)', 'error net::ERR_FAILED (3)', 'close 1006  false (3)']);
  });

  test('carries large messages both ways, compressed and in pieces', async () => {
    const url = await servers.webSocket(
      (peer) => {
        peer.on('message', (data: Buffer) => {
          const half = data.length / 2;
          peer.send(data.subarray(0, half), { fin: false });
          peer.ping('between');
          peer.send(data.subarray(half), { fin: true });
        });
        peer.on('pong', (data) => peer.send(`pong ${data}`));
      },
      { perMessageDeflate: { threshold: 0 }, maxPayload: 0 },
    );
    const socket = connect(url);
    await next(socket, 'open');
    expect(socket.extensions).toMatch(/^permessage-deflate/);
    const large = Buffer.alloc(3_000_000, 'netloom ');
    const messages: unknown[] = [];
    const both = new Promise<void>((resolve) => {
      socket.onmessage = ({ data }) => {
        if (messages.push(data) === 2) resolve();
      };
    });
    socket.send(large);
    expect(socket.bufferedAmount).toBeGreaterThan(0);
    await both;
    expect(messages).toContain('pong between');
    expect(large.equals(messages.find((data) => typeof data !== 'string') as Buffer)).toBe(true);
    socket.close();
    await closed(socket);
  });

  test('tells of the subprotocol that the server has chosen', async () => {
    const url = await servers.webSocket(() => undefined, { handleProtocols: () => 'second' });
    for (const protocols of [['first', 'second'], { protocols: ['first', 'second'] }]) {
      const socket = new net.WebSocket(url, protocols);
      await next(socket, 'open');
      expect(socket.protocol).toBe('second');
      socket.close();
      await closed(socket);
    }
  });

  test('has handlers beside its listeners, which keep their place', async () => {
    const socket = connect(await echo());
    const order: string[] = [];
    expect(socket.onopen).toBeNull();
    socket.onopen = () => order.push('never');
    socket.addEventListener('open', () => order.push('listener'));
    const handler = function (this: WebSocket, { type }: Event) {
      order.push(`handler ${type} ${this === socket}`);
    };
    socket.onopen = handler;
    expect(socket.onopen).toBe(handler);
    socket.onclose = () => order.push('never');
    socket.onclose = null;
    await next(socket, 'open');
    socket.close();
    await closed(socket);
    expect(order).toEqual(['handler open true', 'listener']);
  });

  test('is closed by the server', async () => {
    const url = await servers.webSocket((peer) => {
      peer.send('at once');
      peer.close(4000, 'bye');
    });
    const socket = connect(url);
    const events = recorded(socket);
    await closed(socket);
    expect(events).toEqual(['open (1)', 'message at once (1)', 'close 4000 bye true (3)']);
  });

  test.each([
    [1001, undefined, 'InvalidAccessError'],
    [2999, undefined, 'InvalidAccessError'],
    [5000, undefined, 'InvalidAccessError'],
    [Number.NaN, undefined, 'InvalidAccessError'],
    [1000, 'ü'.repeat(62), 'SyntaxError'],
  ])('cannot be closed with %s and %s', async (code, reason, name) => {
    const socket = connect('ws://127.0.0.1:9');
    expect(() => socket.close(code, reason)).toThrow(expect.objectContaining({ name }));
    expect(socket.readyState).toBe(WebSocket.CONNECTING);
    socket.close();
    await closed(socket);
  });
});

describe('the handshake', () => {
  /** The fields of a handshake with these options. */
  async function fieldsOf(options: object): Promise<IncomingMessage> {
    let request: IncomingMessage | undefined;
    const url = await servers.webSocket((_peer, given) => {
      request = given;
    });
    const socket = connect(url, options);
    await next(socket, 'open');
    socket.close();
    await closed(socket);
    return request as IncomingMessage;
  }

  test('has what the session says of itself, the origin of the URL, and the fields of the program', async () => {
    environment.session.setUserAgent('agent/1', 'fr,de');
    const { headers, rawHeaders } = await fieldsOf({ headers: { 'X-Own': 'grüße', Pragma: 'own' } });
    expect(headers).toMatchObject({
      'user-agent': 'agent/1',
      'accept-language': 'fr,de;q=0.9',
      origin: `http://${headers.host}`,
      'x-own': Buffer.from('grüße').toString('latin1'),
      pragma: 'own',
      'cache-control': 'no-cache',
      'sec-websocket-version': '13',
    });
    expect(headers).not.toHaveProperty('sec-fetch-mode');
    expect(headers).not.toHaveProperty('cookie');
    expect(rawHeaders).toContain('X-Own');
    expect(rawHeaders).toContain('Sec-WebSocket-Key');
  });

  test.each([
    [{ origin: 'https://page.test/path' }, 'https://page.test'],
    [{ origin: 'vscode-file://vscode-app/x' }, 'vscode-file://vscode-app'],
    [{ origin: 'null' }, 'null'],
    [{ headers: { origin: 'https://field.test' } }, 'https://field.test'],
    [{ headers: { origin: 'https://field.test' }, origin: 'https://page.test' }, 'https://page.test'],
  ])('with %j says its origin', async (options, origin) => {
    expect((await fieldsOf(options)).headers.origin).toBe(origin);
  });

  test.each(['Host', 'Connection', 'Sec-WebSocket-Key', 'Proxy-Authorization', 'Content-Length'])(
    'fails with the field %s, which the network stack sets',
    async (name) => {
      const socket = connect('ws://127.0.0.1:9', { headers: { [name]: 'x' } });
      const events = recorded(socket);
      await closed(socket);
      expect(events).toEqual(['error net::ERR_INVALID_ARGUMENT (3)', 'close 1006  false (3)']);
    },
  );

  test('carries and keeps cookies only where it is told to', async () => {
    let cookie: string | undefined;
    const url = await servers.raw((socket, { headers }) => {
      ({ cookie } = headers);
      socket.end(`${accepted(headers)}Set-Cookie: seen=1\r\n\r\n`);
    });
    const { cookies } = environment.session;
    await cookies.set({ url: url.replace('ws', 'http'), name: 'known', value: '1' });
    await closed(connect(url));
    expect([cookie, (await cookies.get({})).length]).toEqual([undefined, 1]);
    await closed(connect(url, { useSessionCookies: true }));
    expect(cookie).toBe('known=1');
    expect((await cookies.get({})).map(({ name }) => name).sort()).toEqual(['known', 'seen']);
  });
});

describe('fails', () => {
  const status = (line: string) => () => servers.raw((socket) => socket.end(`HTTP/1.1 ${line}\r\n\r\n`));
  test.each([
    [
      'nobody listens',
      async () => (await environment.lab.origin({ protocol: 'http', fault: { kind: 'refuse' } })).url,
      'ERR_CONNECTION_REFUSED',
    ],
    ['the port belongs to another protocol', async () => 'ws://127.0.0.1:9', 'ERR_UNSAFE_PORT'],
    ['there is no such name', async () => 'wss://nobody.invalid', 'ERR_NAME_NOT_RESOLVED'],
    ['it is refused', status('403 Forbidden\r\nContent-Length: 3\r\n\r\nbad'), 'ERR_INVALID_RESPONSE'],
    ['it is answered as a request', status('200 OK\r\nContent-Length: 0'), 'ERR_INVALID_RESPONSE'],
    ['it is redirected', status('302 Found\r\nLocation: /ws\r\nContent-Length: 0'), 'ERR_INVALID_RESPONSE'],
    ['nobody answers the 401', status('401 No\r\nWWW-Authenticate: Basic realm="x"'), 'ERR_INVALID_RESPONSE'],
    [
      'the accept is wrong',
      status('101 Ok\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x'),
      'ERR_INVALID_RESPONSE',
    ],
    ['the server says nothing', () => servers.raw((socket) => socket.end()), 'ERR_EMPTY_RESPONSE'],
    ['what comes is not HTTP', () => servers.raw((socket) => socket.end('garbage')), 'ERR_INVALID_HTTP_RESPONSE'],
  ])('where %s', async (_name, url, code) => {
    const socket = connect(await url());
    const events = recorded(socket);
    const error = next<WebSocketErrorEvent>(socket, 'error');
    await closed(socket);
    expect(events).toEqual([`error net::${code} (3)`, 'close 1006  false (3)']);
    expect((await error).error).toBeInstanceOf(Error);
  });

  test.each([
    ['the server goes away', (socket: Sender) => socket.end(), 'ERR_CONNECTION_CLOSED'],
    ['the connection is reset', (socket: Sender) => socket.resetAndDestroy(), 'ERR_CONNECTION_RESET'],
    [
      'a frame is masked',
      (socket: Sender) => socket.write(Buffer.from([0x81, 0x80, 0, 0, 0, 0])),
      'ERR_WS_PROTOCOL_ERROR',
    ],
    ['a text is no UTF-8', (socket: Sender) => socket.write(Buffer.from([0x81, 1, 0xff])), 'ERR_WS_PROTOCOL_ERROR'],
    [
      'a message is too long',
      (socket: Sender) => socket.write(Buffer.from([0x82, 127, 0, 0, 0, 0, 0x10, 0, 0, 0])),
      'ERR_WS_PROTOCOL_ERROR',
    ],
  ])('later, where %s', async (_name, misbehave, code) => {
    const url = await servers.raw((socket, { headers }) => {
      socket.write(`${accepted(headers)}\r\n`);
      socket.once('data', () => misbehave(socket));
    });
    const socket = connect(url);
    const events = recorded(socket);
    await next(socket, 'open');
    socket.send('go');
    await closed(socket);
    expect(events).toEqual(['open (1)', `error net::${code} (3)`, 'close 1006  false (3)']);
  });

  test.each([0, 1, 2, 3, 5, 10, 20, 40])('when it is closed %s turns after it was made', async (turns) => {
    const origin = await environment.lab.origin({ protocol: 'http' });
    const socket = connect(`${origin.url}/ws`);
    const events = recorded(socket);
    for (let turn = 0; turn < turns && socket.readyState === socket.CONNECTING; turn++) await new Promise(setImmediate);
    const isOpen = socket.readyState === socket.OPEN;
    socket.close();
    expect(socket.readyState).toBe(WebSocket.CLOSING);
    await closed(socket);
    expect(events).toEqual(
      isOpen ? ['open (1)', 'close 1005  true (3)'] : ['error net::ERR_ABORTED (3)', 'close 1006  false (3)'],
    );
    // Nothing of it is left.
    while (origin.stats.openConnections > 0) await new Promise(setImmediate);
  });

  test('when the session closes its connections', async () => {
    const socket = connect(await echo());
    const events = recorded(socket);
    await next(socket, 'open');
    await environment.session.closeAllConnections();
    await closed(socket);
    expect(events).toEqual(['open (1)', 'error net::ERR_ABORTED (3)', 'close 1006  false (3)']);
  });

  test('when it does so after other TLS settings were made', async () => {
    const socket = connect(await echo());
    const events = recorded(socket);
    await next(socket, 'open');
    environment.session.setSSLConfig({ minVersion: 'tls1.2' });
    socket.send('goes on');
    await next(socket, 'message');
    await environment.session.closeAllConnections();
    await closed(socket);
    expect(events.slice(1)).toEqual(['message goes on (1)', 'error net::ERR_ABORTED (3)', 'close 1006  false (3)']);
  });

  test('in a network that is offline; one that is open goes on', async () => {
    const url = await echo();
    const open = connect(url);
    await next(open, 'open');
    environment.session.enableNetworkEmulation({ offline: true });
    const socket = connect(url);
    const events = recorded(socket);
    await closed(socket);
    expect(events).toEqual(['error net::ERR_INTERNET_DISCONNECTED (3)', 'close 1006  false (3)']);
    open.send('still here');
    await next(open, 'message');
    environment.session.disableNetworkEmulation();
    open.close();
    await closed(open);
  });
});

describe('a peer that does not end it', () => {
  test('is given a minute to answer a close', async () => {
    const url = await servers.raw((socket, { headers }) => socket.write(`${accepted(headers)}\r\n`));
    const socket = connect(url);
    const events = recorded(socket);
    await next(socket, 'open');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    socket.close(1000);
    vi.advanceTimersByTime(59_999);
    expect(socket.readyState).toBe(WebSocket.CLOSING);
    vi.advanceTimersByTime(1);
    vi.useRealTimers();
    await closed(socket);
    expect(events).toEqual(['open (1)', 'close 1006  false (3)']);
  });

  test('is given two seconds to go once both have closed', async () => {
    const url = await servers.raw((socket, { headers }) => {
      socket.write(`${accepted(headers)}\r\n`);
      socket.once('data', () => socket.write(Buffer.from([0x88, 2, 0x0f, 0xa0])));
    });
    const socket = connect(url);
    const events = recorded(socket);
    await next(socket, 'open');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    socket.send('go');
    while (socket.readyState === WebSocket.OPEN) await new Promise(setImmediate);
    vi.advanceTimersByTime(2_000);
    vi.useRealTimers();
    await closed(socket);
    expect(events).toEqual(['open (1)', 'close 4000  true (3)']);
  });
});

type Sender = import('node:net').Socket;

/** The head of an answer that accepts a handshake, without its last line. */
function accepted(headers: IncomingMessage['headers']): string {
  const key = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  const fields = ['Upgrade: websocket', 'Connection: keep-alive, Upgrade', `Sec-WebSocket-Accept: ${accept}`];
  return `HTTP/1.1 101 Switching Protocols\r\n${fields.join('\r\n')}\r\n`;
}
