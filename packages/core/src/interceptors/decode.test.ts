import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Dispatcher, request } from 'undici';

import { describe, expect, test, vi } from 'vitest';
import { layered } from '../../test/support/layered.js';
import { collect, type ScriptedAnswer, ScriptedDispatch } from '../../test/support/scripted-dispatch.js';
import { serve } from '../../test/support/servers.js';
import { ACCEPT_ENCODING } from '../http/content-coding.js';
import { decode } from './decode.js';
import { entry } from './entry.js';

function coded(
  coding: string | string[],
  body: readonly Buffer[],
  extra: Partial<ScriptedAnswer> = {},
): ScriptedDispatch {
  return new ScriptedDispatch(() => ({
    headers: { 'content-encoding': coding, 'content-length': '5', etag: '"x"' },
    body,
    ...extra,
  }));
}

type Controller = Dispatcher.DispatchController;

const get = { origin: 'http://a.test', path: '/', method: 'GET' } as const;
const text = 'some text, some text, some text';

describe('an answer', () => {
  test.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    [['deflate', 'gzip'], gzipSync(deflateSync(text))],
    ['deflate, br, gzip', gzipSync(brotliCompressSync(deflateSync(text)))],
  ])('in %s is decoded', async (coding, data) => {
    const { body, headers } = await collect(decode()(coded(coding, [data]).dispatch));
    expect(body.toString()).toBe(text);
    expect(headers).toEqual({ etag: '"x"' });
  });

  test.each([
    [false, false],
    [true, true],
  ])('to a request with an accept-encoding of its own, with always %s: decoded is %s', async (always, decoded) => {
    const data = gzipSync(text);
    const options = { ...get, headers: { 'Accept-Encoding': 'gzip' } };
    const { body } = await collect(decode({ always })(coded('gzip', [data]).dispatch), options);
    expect(body).toEqual(decoded ? Buffer.from(text) : data);
  });

  test('is decoded however it comes in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(40), { maxLength: 20 }), async (sizes) => {
        const data = brotliCompressSync(gzipSync(text));
        const chunks: Buffer[] = [];
        let start = 0;
        for (const size of [...sizes, data.length]) {
          chunks.push(data.subarray(start, start + size));
          start += size;
        }
        const { body } = await collect(decode()(coded('gzip, br', chunks).dispatch));
        expect(body.toString()).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ['without a coding', { body: [Buffer.from('plain')] }],
    [
      'in a coding that nobody knows',
      { headers: { 'content-encoding': 'gzip, new', 'content-length': '5' }, body: [Buffer.from('coded')] },
    ],
    ['in identity', { headers: { 'content-encoding': 'identity' }, body: [Buffer.from('plain')] }],
    ['of status 204', { status: 204, headers: { 'content-encoding': 'gzip' } }],
    ['of status 304', { status: 304, headers: { 'content-encoding': 'gzip', 'content-length': '5' } }],
  ] as [string, ScriptedAnswer][])('%s is passed on as it is', async (_what, answer) => {
    const { status, headers, body } = await collect(decode()(new ScriptedDispatch(() => answer).dispatch));
    expect({ status, headers, body }).toEqual({
      status: answer.status ?? 200,
      headers: answer.headers ?? {},
      body: Buffer.concat((answer.body ?? []) as Buffer[]),
    });
  });

  test('to HEAD keeps its headers', async () => {
    const { headers } = await collect(decode()(coded('gzip', []).dispatch), { method: 'HEAD' });
    expect(headers).toEqual({ 'content-encoding': 'gzip', 'content-length': '5', etag: '"x"' });
  });

  test('without a body is decoded to nothing', async () => {
    const { body, headers } = await collect(decode()(coded('gzip', []).dispatch));
    expect([body.length, headers]).toEqual([0, { etag: '"x"' }]);
  });

  test('of an error status is decoded as well', async () => {
    const { body } = await collect(decode()(coded('gzip', [gzipSync(text)], { status: 404 }).dispatch));
    expect(body.toString()).toBe(text);
  });

  test('that came before is passed on: 103', async () => {
    const statuses: number[] = [];
    const dispatch = decode()((_options, handler) => {
      handler.onResponseStart?.({} as never, 103, { 'content-encoding': 'gzip' });
      handler.onResponseStart?.({} as never, 200, {});
      return true;
    });
    dispatch(get, { onResponseStart: (_c, status) => void statuses.push(status) });
    expect(statuses).toEqual([103, 200]);
  });
});

describe('data that cannot be decoded', () => {
  test.each([
    ['is something else', 'gzip', Buffer.from('<html>not compressed</html>')],
    ['is cut off', 'gzip', gzipSync(text).subarray(0, -4)],
    ['is cut off', 'br', brotliCompressSync(text).subarray(0, 8)],
    ['is cut off inside', 'deflate, br', brotliCompressSync(deflateSync(text).subarray(0, 8))],
    ['has too many layers', 'gzip,gzip,gzip,gzip,gzip,gzip', gzipSync(text)],
  ])('%s: %s', async (_what, coding, data) => {
    const failed = collect(decode()(coded(coding, [data]).dispatch), { path: '/path?q' });
    await expect(failed).rejects.toMatchObject({
      code: 'ERR_CONTENT_DECODING_FAILED',
      errno: -330,
      url: 'http://a.test/path?q',
      cause: expect.any(Error),
    });
  });

  test('ends the connection while it is still coming', async () => {
    const script = coded('gzip', [Buffer.from('not gzip')], { unfinished: true });
    await expect(collect(decode()(script.dispatch))).rejects.toThrow('ERR_CONTENT_DECODING_FAILED');
    expect(script.controllers[0]?.aborted).toBe(true);
  });
});

describe('a request', () => {
  const asked = async (options: Record<string, unknown>) => {
    const script = new ScriptedDispatch(() => ({}));
    await collect(decode()(script.dispatch), options);
    return script.requests[0]?.headers;
  };

  test('asks for what can be decoded: over http for less than over https', async () => {
    expect(await asked({ headers: { a: '1' } })).toEqual(['a', '1', 'accept-encoding', 'gzip, deflate']);
    expect(await asked({ origin: 'https://a.test' })).toEqual(['accept-encoding', ACCEPT_ENCODING.secure]);
  });

  test('for a range asks for no coding, and gets its piece as it is', async () => {
    expect(await asked({ headers: ['Range', 'bytes=0-9'] })).toEqual([
      'Range',
      'bytes=0-9',
      'accept-encoding',
      'identity',
    ]);
    const { body } = await collect(decode()(coded('gzip', [Buffer.from('piece')], { status: 206 }).dispatch), {
      headers: { range: 'bytes=3-' },
    });
    expect(body.toString()).toBe('piece');
  });

  test.each([
    ['that says itself what it accepts', { headers: { 'Accept-Encoding': 'br' } }],
    ['to upgrade', { upgrade: 'websocket' }],
    ['to CONNECT', { method: 'CONNECT' }],
  ])('%s is left alone', (_what, options) => {
    const dispatch = vi.fn(() => true);
    const [given, handler] = [{ ...get, ...options }, {}];
    decode()(dispatch)(given, handler);
    expect(dispatch).toHaveBeenCalledExactlyOnceWith(given, handler);
  });
});

describe('backpressure', () => {
  const MiB = 1024 * 1024;
  const bomb = gzipSync(Buffer.alloc(64 * MiB));

  test('a reader who pauses holds the decoder, and a full decoder the connection', async () => {
    const data = randomBytes(4 * MiB);
    const whole = gzipSync(data);
    const chunks = Array.from({ length: 64 }, (_, i) =>
      whole.subarray((i * whole.length) / 64, ((i + 1) * whole.length) / 64),
    );
    const script = coded('gzip', chunks);
    const received: Buffer[] = [];
    const { first, ended } = await new Promise<{ first: Controller; ended: Promise<void> }>((resolve) => {
      const ended = new Promise<void>((end, reject) => {
        decode()(script.dispatch)(get, {
          onResponseData(controller, chunk) {
            received.push(chunk);
            if (received.length > 1) return;
            controller.pause();
            resolve({ first: controller, ended });
          },
          onResponseEnd: () => end(),
          onResponseError: (_controller, error) => reject(error),
        });
      });
    });
    await vi.waitUntil(() => script.controllers[0]?.paused);
    expect(received).toHaveLength(1);
    expect(first.paused).toBe(true);
    first.resume();
    await ended;
    expect(Buffer.concat(received).equals(data)).toBe(true);
  });

  test('a pause in the head is obeyed', async () => {
    const script = coded('gzip', [gzipSync(text)]);
    const events: string[] = [];
    await new Promise<void>((resolve) => {
      decode()(script.dispatch)(get, {
        onResponseStart(controller) {
          controller.pause();
          setImmediate(() => {
            events.push('resumed');
            controller.resume();
          });
        },
        onResponseData: () => void events.push('data'),
        onResponseEnd: () => resolve(),
      });
    });
    expect(events).toEqual(['resumed', 'data']);
  });

  test('memory does not grow with what a bomb would give', async () => {
    const { origin } = await serve((_req, res) => {
      res.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.concat([bomb, bomb, bomb, bomb]));
    });
    const { body } = await request(origin, { dispatcher: layered([entry(), decode()]) });
    const iterator = body[Symbol.asyncIterator]();
    await iterator.next();
    const before = process.memoryUsage().arrayBuffers;
    let seen = 0;
    let most = 0;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      seen += next.value.length;
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(seen).toBeGreaterThan(255 * MiB);
    expect(most).toBeLessThan(128 * MiB);
  });
});

describe('an abort', () => {
  test('while data comes destroys the decoders and ends the connection', async () => {
    const script = coded('gzip', [gzipSync(Buffer.alloc(1_000_000))], { unfinished: true });
    const errors: Error[] = [];
    let after = 0;
    await new Promise<void>((resolve) => {
      decode()(script.dispatch)(get, {
        onResponseData(controller) {
          if (controller.aborted) after += 1;
          controller.abort(new Error('enough'));
          expect(controller.reason).toMatchObject({ message: 'enough' });
        },
        onResponseError(_controller, error) {
          errors.push(error);
          setImmediate(resolve);
        },
      });
    });
    expect(errors).toEqual([expect.objectContaining({ message: 'enough' })]);
    expect(after).toBe(0);
    expect(script.controllers[0]?.aborted).toBe(true);
  });

  test('after all coded data has come still ends the request', async () => {
    const script = coded('gzip', [gzipSync(Buffer.alloc(1_000_000))]);
    const error = await new Promise<Error>((resolve) => {
      decode()(script.dispatch)(get, {
        onResponseData(controller) {
          controller.pause();
          setImmediate(() => setImmediate(() => controller.abort(new Error('enough'))));
        },
        onResponseError: (_controller, given) => resolve(given),
      });
    });
    expect(error.message).toBe('enough');
  });

  test('is what a handler that throws amounts to', async () => {
    const script = coded('gzip', [gzipSync(text)]);
    const error = await new Promise<Error>((resolve) => {
      decode()(script.dispatch)(get, {
        onResponseData() {
          throw new Error('from the handler');
        },
        onResponseError: (_controller, given) => resolve(given),
      });
    });
    expect(error.message).toBe('from the handler');
  });
});

test('an error of the connection is passed on once, whatever was decoded', async () => {
  const script = coded('gzip', [gzipSync(Buffer.alloc(100_000))], { error: new Error('reset') });
  await expect(collect(decode()(script.dispatch))).rejects.toThrow('reset');
});

test('what follows the coded data is read and ignored', async () => {
  const garbage = Array.from({ length: 20 }, () => Buffer.alloc(50_000, 'x'));
  const { body } = await collect(decode()(coded('gzip', [gzipSync(text), ...garbage]).dispatch));
  expect(body.toString()).toBe(text);
});

test('pieces come as soon as the server has flushed them', async () => {
  const { createGzip } = await import('node:zlib');
  const gzip = createGzip();
  const { origin } = await serve((_req, res) => {
    gzip.pipe(res.writeHead(200, { 'content-encoding': 'gzip' }));
    gzip.write('first');
    gzip.flush();
  });
  const { body } = await request(origin, { dispatcher: layered([entry(), decode()]) });
  const [first] = await once(body, 'data');
  expect(first.toString()).toBe('first');
  gzip.end('last');
  const [last] = await once(body, 'data');
  expect(last.toString()).toBe('last');
});

test('fetch, which decodes by itself, is not disturbed', async () => {
  const { origin } = await serve((req, res) => {
    const accepted = String(req.headers['accept-encoding']);
    res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(`accepted: ${accepted}`));
  });
  const init = { dispatcher: layered([entry(), decode()]) } as object;
  const response = await fetch(origin, init);
  expect(response.headers.get('content-encoding')).toBe('gzip');
  expect(await response.text()).toBe('accepted: gzip, deflate');
});

test('the controller tells the headers of the wire', async () => {
  const raw = [Buffer.from('Content-Encoding'), Buffer.from('gzip')];
  let seen: unknown;
  decode()((_options, handler) => {
    const controller = { rawHeaders: raw, rawTrailers: null, aborted: false, reason: null } as never;
    handler.onResponseStart?.(controller, 200, { 'content-encoding': 'gzip' });
    return true;
  })(get, {
    onResponseStart(controller) {
      seen = [controller.rawHeaders, controller.rawTrailers, controller.aborted, controller.reason];
    },
  });
  expect(seen).toEqual([raw, null, false, null]);
});
