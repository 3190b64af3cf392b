import { isNetError, type NetError, systemClock } from '@netloom/contracts';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { opening, via } from '../../test/support/connecting.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import { type Script, ScriptedProxy } from '../../test/support/scripted-proxy.js';
import { type ConnectorOptions, createConnector } from './connector.js';
import type { OpenOptions, TunnelAuth } from './types.js';

const proxies: ScriptedProxy[] = [];

afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});

const hostResolver = { lookup: async () => [{ address: '127.0.0.1', family: 4 as const }] };

/** Opens a tunnel to http://web.test:8080 through a proxy that follows a script. */
async function setUp(script: Script, options: Partial<ConnectorOptions> = {}) {
  const proxy = await ScriptedProxy.listen(script);
  proxies.push(proxy);
  const connector = createConnector({ hostResolver, clock: systemClock, ...options });
  const open = (request: Partial<OpenOptions> = {}) =>
    connector.open(opening('http://web.test:8080', { route: via('http', proxy), ...request }));
  return { proxy, open };
}

/** Sign-in that sends the given header values in turn, and answers each challenge with `next`. */
function auth(values: readonly (string | undefined)[], next: 'same' | 'any' = 'any') {
  const left = [...values];
  return {
    scheme: undefined,
    dispose: () => undefined,
    header: vi.fn<TunnelAuth['header']>(async () => left.shift()),
    challenged: vi.fn<TunnelAuth['challenged']>(async () => next),
    succeeded: vi.fn<TunnelAuth['succeeded']>(async () => undefined),
    restart: vi.fn<TunnelAuth['restart']>(() => false),
  };
}

async function failure(promise: Promise<unknown>): Promise<NetError> {
  const error = await promise.then(
    () => expect.fail('the tunnel was opened'),
    (reason: unknown) => reason,
  );
  if (!isNetError(error)) throw error;
  return error;
}

describe('the request', () => {
  test('names target, host and user agent, and nothing else', async () => {
    const { proxy, open } = await setUp(async (connection) => {
      await connection.head();
      connection.grant();
    });
    const { socket } = await open({ userAgent: 'Test/1.0' });
    expect(proxy.connections[0]!.heads).toEqual([
      'CONNECT web.test:8080 HTTP/1.1\r\nHost: web.test:8080\r\nProxy-Connection: keep-alive\r\nUser-Agent: Test/1.0\r\n\r\n',
    ]);
    socket.destroy();
  });

  test('puts an IPv6 address in brackets', async () => {
    const { proxy, open } = await setUp(async (connection) => {
      await connection.head();
      connection.grant();
    });
    const destination = { protocol: 'http:', host: '2001:db8::1', port: 80 } as const;
    const { socket } = await open({ destination });
    expect(proxy.connections[0]!.heads[0]).toContain('CONNECT [2001:db8::1]:80 HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n');
    socket.destroy();
  });

  test.each([
    ['user agent', { userAgent: 'a\r\nX: y' }],
    ['host', { destination: { protocol: 'http:', host: 'a\r\nb', port: 1 } as const }],
    ['token', { tunnelAuth: auth(['Basic a\nb']) }],
  ])('is not sent with a %s that would break its head', async (_what, request) => {
    const { proxy, open } = await setUp(() => undefined);
    await expect(open(request)).rejects.toThrow(TypeError);
    await proxy.idle();
  });
});

describe('answers', () => {
  test.each([
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\n'],
    ['no reason', 'HTTP/1.1 200\r\n\r\n'],
    ['bare line feeds', 'HTTP/1.1 200 OK\nVia: x\n\n'],
    [
      'interim answers before',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
    ],
    ['lengths that mean nothing here', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ])('200 opens the tunnel: %s', async (_name, answer) => {
    const { proxy, open } = await setUp(async (connection) => {
      await connection.head();
      connection.send(answer);
    });
    const { socket, alpn } = await open();
    expect(alpn).toBeUndefined();
    socket.write('ping');
    const [connection] = proxy.connections;
    await new Promise((resolve) => connection!.socket.once('data', resolve));
    socket.destroy();
  });

  test.each([201, 204, 299, 302, 401, 403, 500, 502, 101])(
    'status %i is refused, and only it is told',
    async (status) => {
      const { proxy, open } = await setUp(async (connection) => {
        await connection.head();
        connection.send(
          `HTTP/1.1 ${status} Secret\r\nLocation: http://secret.test/\r\nContent-Length: 6\r\n\r\nsecret`,
        );
      });
      const error = await failure(open());
      expect(error.code).toBe('ERR_TUNNEL_CONNECTION_FAILED');
      expect(error.detail).toContain(String(status));
      expect(`${error.message} ${JSON.stringify(error)} ${error.stack}`).not.toMatch(/secret/i);
      expect(error.proxy).toBe(`http://localhost:${proxy.port}`);
      await proxy.idle();
    },
  );

  test.each([
    ['HTTP/0.9', 'hello there, I am no HTTP'],
    ['a wrong protocol', 'HTTP/2 200 OK\r\n\r\n'],
    ['a wrong status', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['bytes after the head of 200', 'HTTP/1.1 200 OK\r\n\r\nX'],
    ['binary garbage', '\x15\x03\x01\x00\x02\x02\x28'],
    ['garbage after an interim answer', 'HTTP/1.1 100 Continue\r\n\r\nrubbish'],
  ])('%s is refused', async (_name, answer) => {
    const { proxy, open } = await setUp(async (connection) => {
      await connection.head();
      connection.send(answer);
    });
    expect((await failure(open())).code).toBe('ERR_TUNNEL_CONNECTION_FAILED');
    await proxy.idle();
  });

  test('a head over the limit is refused, also when it comes as interim ones', async () => {
    const { open } = await setUp(async (connection, n) => {
      await connection.head();
      if (n === 0) connection.send(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(300_000)}`);
      else connection.send('HTTP/1.1 100 Continue\r\n\r\n'.repeat(20_000));
    });
    expect((await failure(open())).code).toBe('ERR_RESPONSE_HEADERS_TOO_BIG');
    expect((await failure(open())).code).toBe('ERR_RESPONSE_HEADERS_TOO_BIG');
  });

  test('a proxy that closes without an answer, resets, or closes within the head', async () => {
    const { open } = await setUp(async ({ socket }, n) => {
      await new Promise((resolve) => socket.once('data', resolve));
      if (n === 0) socket.end();
      else if (n === 1) socket.resetAndDestroy();
      else socket.end('HTTP/1.1 200 OK\r\nVia: x');
    });
    expect((await failure(open())).code).toBe('ERR_EMPTY_RESPONSE');
    expect((await failure(open())).code).toBe('ERR_CONNECTION_RESET');
    expect((await failure(open())).code).toBe('ERR_TUNNEL_CONNECTION_FAILED');
  });

  test('a proxy that stalls is given up after the time limit', async () => {
    const clock = new ManualClock();
    const { proxy, open } = await setUp(() => undefined, { clock });
    const opened = failure(open());
    await clock.armed(30_000);
    clock.advance(30_000);
    expect((await opened).code).toBe('ERR_TIMED_OUT');
    await proxy.idle();
    expect(clock.pending).toBe(0);
  });
});

describe('sign-in', () => {
  test('407 without any sign-in', async () => {
    const { open } = await setUp(async (connection) => {
      await connection.head();
      connection.challenge();
    });
    expect((await failure(open())).code).toBe('ERR_PROXY_AUTH_REQUESTED');
  });

  test.each([
    ['a length', 'Content-Length: 5\r\n\r\nhello'],
    ['an empty body', 'Content-Length: 0\r\n\r\n'],
    ['chunks', 'Transfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n3 \r\nyou\r\n0\r\nTrailer: x\r\n\r\n'],
    ['1 MiB', `Content-Length: ${1 << 20}\r\n\r\n${'x'.repeat(1 << 20)}`],
    ['HTTP/1.0 and keep-alive', 'Proxy-Connection: Keep-Alive\r\nContent-Length: 2\r\n\r\nno', '1.0'],
  ])('goes on with the same connection after a body with %s', async (_name, rest, version = '1.1') => {
    const { proxy, open } = await setUp(async (connection) => {
      await connection.head();
      connection.send(`HTTP/${version} 407 Sign in\r\nProxy-Authenticate: Basic\r\nSet-Cookie: a=b\r\n${rest}`);
      await connection.head();
      connection.send('HTTP/1.1 200 OK\r\nproxy-authentication-info: nextnonce=1\r\nserver: x\r\n\r\n');
    });
    const tunnelAuth = auth([undefined, 'Basic abc']);
    const { socket, auth: connection } = await open({ tunnelAuth });
    expect(proxy.connections).toHaveLength(1);
    expect(proxy.connections[0]!.heads[0]).not.toContain('Proxy-Authorization');
    expect(proxy.connections[0]!.heads[1]).toContain('\r\nProxy-Authorization: Basic abc\r\n');
    const [headers, challenged] = tunnelAuth.challenged.mock.calls[0]!;
    expect(headers).toContain('Proxy-Authenticate');
    expect(headers).not.toContain('Set-Cookie');
    expect(tunnelAuth.succeeded.mock.calls[0]!.slice(0, 2)).toEqual([
      200,
      ['proxy-authentication-info', 'nextnonce=1'],
    ]);
    expect(connection).toBe(challenged);
    socket.destroy();
  });

  test.each([
    ['that closes and says so', 'Connection: close\r\nContent-Length: 2\r\n\r\nno'],
    ['that closes and says so to proxies', 'Proxy-Connection: close\r\nContent-Length: 2\r\n\r\nno'],
    ['of HTTP/1.0', 'Content-Length: 2\r\n\r\nno', '1.0'],
    ['without a length', '\r\nno'],
    ['with two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\nno'],
    ['with length and chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['with an unknown coding', 'Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['with malformed chunks', 'Transfer-Encoding: chunked\r\n\r\nhello\r\n'],
    ['with a chunk that is too long', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello you\r\n'],
    ['with a malformed field', 'Content Length: 9\r\nContent-Length: 2\r\n\r\nno'],
    ['with bytes after it', 'Content-Length: 2\r\n\r\nno HTTP/1.1 200 OK\r\n\r\n'],
    ['that is too long', `Content-Length: ${(1 << 20) + 1}\r\n\r\n`],
    ['with a number that is none', 'Content-Length: 0x2\r\n\r\nno'],
  ])('goes on with a new connection after an answer %s', async (_name, rest, version = '1.1') => {
    const { proxy, open } = await setUp(async (connection, n) => {
      await connection.head();
      if (n === 0) connection.send(`HTTP/${version} 407 Sign in\r\nProxy-Authenticate: Basic\r\n${rest}`);
      else connection.grant();
    });
    const tunnelAuth = auth([undefined, 'Basic abc']);
    const { socket } = await open({ tunnelAuth });
    expect(proxy.connections.map(({ heads }) => heads.length)).toEqual([1, 1]);
    await proxy.connections[0]!.closed;
    const [first, second] = tunnelAuth.header.mock.calls.map(([connection]) => connection);
    expect(second).not.toBe(first);
    expect(tunnelAuth.restart).not.toHaveBeenCalled();
    socket.destroy();
  });

  test('keeps a conversation on its connection, round after round', async () => {
    const { proxy, open } = await setUp(async (connection) => {
      for (let round = 0; round < 5; round++) {
        await connection.head();
        connection.challenge('Bound abc');
      }
      await connection.head();
      connection.grant();
    });
    const { socket } = await open({ tunnelAuth: auth(['a', 'b', 'c', 'd', 'e', 'f'], 'same') });
    expect(proxy.connections).toHaveLength(1);
    socket.destroy();
  });

  test('a conversation whose connection was closed begins again, as often as sign-in allows', async () => {
    const { proxy, open } = await setUp(async (connection, n) => {
      await connection.head();
      if (n < 2) connection.challenge('Bound abc', { close: true });
      else connection.grant();
    });
    const tunnelAuth = auth(['a', 'b', 'c'], 'same');
    tunnelAuth.restart.mockReturnValueOnce(true).mockReturnValueOnce(true);
    const { socket } = await open({ tunnelAuth });
    expect(proxy.connections).toHaveLength(3);
    expect(tunnelAuth.restart).toHaveBeenCalledTimes(2);
    socket.destroy();
  });

  test('fails when sign-in does not begin again', async () => {
    const { proxy, open } = await setUp(async (connection) => {
      await connection.head();
      connection.challenge('Bound abc', { close: true });
    });
    const tunnelAuth = auth(['a'], 'same');
    expect((await failure(open({ tunnelAuth }))).code).toBe('ERR_CONNECTION_CLOSED');
    expect(tunnelAuth.restart).toHaveBeenCalledOnce();
    await proxy.idle();
  });

  test.each(['close', 'reset'] as const)(
    '%s instead of an answer to credentials: once more if sign-in allows',
    async (how) => {
      const { proxy, open } = await setUp(async (connection, n) => {
        await connection.head();
        if (n > 1) connection.grant();
        else if (how === 'close') connection.socket.end();
        else connection.socket.resetAndDestroy();
      });
      const tunnelAuth = auth(['a', 'a', 'a']);
      tunnelAuth.restart.mockReturnValueOnce(true).mockReturnValueOnce(true);
      const { socket } = await open({ tunnelAuth });
      expect(proxy.connections).toHaveLength(3);
      socket.destroy();

      const { open: again } = await setUp(async (connection) => {
        await connection.head();
        if (how === 'close') connection.socket.end();
        else connection.socket.resetAndDestroy();
      });
      const code = how === 'close' ? 'ERR_EMPTY_RESPONSE' : 'ERR_CONNECTION_RESET';
      expect((await failure(again({ tunnelAuth: auth(['a']) }))).code).toBe(code);
    },
  );

  test('a proxy that asks for ever is left after 32 rounds', async () => {
    const { proxy, open } = await setUp(async (connection) => {
      for (;;) {
        await connection.head();
        connection.challenge();
      }
    });
    expect((await failure(open({ tunnelAuth: auth([]) }))).code).toBe('ERR_TOO_MANY_RETRIES');
    expect(proxy.connections[0]!.heads).toHaveLength(32);
    await proxy.idle();
  });

  test.each(['header', 'challenged', 'succeeded'] as const)(
    'what %s rejects with is what the caller sees',
    async (method) => {
      const { proxy, open } = await setUp(async (connection) => {
        await connection.head();
        connection.challenge();
        await connection.head();
        connection.grant();
      });
      const reason = new Error('sign-in has its own mind');
      const tunnelAuth = auth([undefined, 'a']);
      tunnelAuth[method].mockRejectedValueOnce(reason);
      await expect(open({ tunnelAuth })).rejects.toBe(reason);
      await proxy.idle();
    },
  );
});

describe('while somebody is asked', () => {
  const asked = async (script: Script, holding: boolean) => {
    const clock = new ManualClock();
    const { proxy, open } = await setUp(script, { clock });
    const tunnelAuth = { ...auth([undefined, 'a', 'a'], 'any'), holding };
    let answer!: (next: 'same' | 'any') => void;
    tunnelAuth.challenged.mockReturnValueOnce(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    const opened = open({ tunnelAuth });
    await vi.waitFor(() => expect(tunnelAuth.challenged).toHaveBeenCalled());
    return { clock, proxy, opened, answer };
  };
  const script: Script = async (connection, n) => {
    if (n === 0) {
      await connection.head();
      connection.challenge();
    }
    await connection.head();
    connection.grant();
  };

  test('the connection is kept for a second, and then given up', async () => {
    const { clock, proxy, opened, answer } = await asked(script, false);
    clock.advance(1000);
    await proxy.connections[0]!.closed;
    clock.advance(3_600_000);
    answer('any');
    (await opened).socket.destroy();
    expect(proxy.connections.map(({ heads }) => heads.length)).toEqual([1, 1]);
  });

  test('a quick answer goes on the same connection', async () => {
    const { clock, proxy, opened, answer } = await asked(script, false);
    clock.advance(999);
    answer('any');
    (await opened).socket.destroy();
    expect(proxy.connections.map(({ heads }) => heads.length)).toEqual([2]);
  });

  test('the connection of a conversation is kept as long as it takes', async () => {
    const { clock, proxy, opened, answer } = await asked(script, true);
    clock.advance(60_000);
    answer('same');
    (await opened).socket.destroy();
    expect(proxy.connections.map(({ heads }) => heads.length)).toEqual([2]);
  });

  test('an abort ends the wait', async () => {
    const abort = new AbortController();
    const { proxy, open } = await setUp(script);
    const tunnelAuth = auth([]);
    tunnelAuth.challenged.mockImplementationOnce(() => new Promise(() => undefined));
    const opened = open({ tunnelAuth, signal: abort.signal });
    await vi.waitFor(() => expect(tunnelAuth.challenged).toHaveBeenCalled());
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(opened).rejects.toBe(reason);
    expect(tunnelAuth.challenged.mock.calls[0]![2].aborted).toBe(true);
    await proxy.idle();
  });
});

describe('a proxy that does not go on after its 407', () => {
  const script: Script = async (connection) => {
    const head = await connection.head();
    if (head.includes('Proxy-Authorization')) connection.grant();
    else connection.challenge(); // and then nothing is read any more
  };

  test('is asked on a new connection, and is not tried again that way', async () => {
    const clock = new ManualClock();
    const { proxy, open } = await setUp(script, { clock });
    const tunnelAuth = auth([undefined, 'a', 'a']);
    const opened = open({ tunnelAuth });
    await vi.waitFor(() => expect(tunnelAuth.header).toHaveBeenCalledTimes(2));
    await clock.armed(2000);
    clock.advance(2000);
    (await opened).socket.destroy();
    expect(proxy.connections).toHaveLength(2);

    const again = await open({ tunnelAuth: auth([undefined, 'a']) });
    expect(proxy.connections).toHaveLength(4);
    again.socket.destroy();
  });

  test('is waited for where the conversation belongs to the connection', async () => {
    const clock = new ManualClock();
    const { proxy, open } = await setUp(script, { clock });
    const tunnelAuth = auth([undefined, 'a'], 'same');
    const opened = failure(open({ tunnelAuth }));
    await vi.waitFor(() => expect(tunnelAuth.header).toHaveBeenCalledTimes(2));
    await clock.armed(30_000);
    clock.advance(2000);
    await clock.armed(28_000);
    clock.advance(28_000);
    expect((await opened).code).toBe('ERR_TIMED_OUT');
    expect(proxy.connections).toHaveLength(1);
  });
});
