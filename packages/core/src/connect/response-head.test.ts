import { PassThrough } from 'node:stream';
import { isNetError } from '@netloom/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drainBody } from './drain.js';
import { readResponseHead } from './response-head.js';
import { PeerClosedError } from './socket-errors.js';
import { SocketReader } from './socket-reader.js';

const place = { proxy: 'http://proxy.test:3128' };

/** A stream that gives `bytes` in pieces cut at the given places, and then ends. */
function inPieces(bytes: Buffer, cuts: readonly number[], end = true): PassThrough {
  const stream = new PassThrough({ highWaterMark: 1 << 22 });
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  void (async () => {
    let from = 0;
    for (const to of [...places, bytes.length]) {
      if (to > from) stream.write(bytes.subarray(from, to));
      from = to;
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (end) stream.end();
  })();
  return stream;
}

const cuts = fc.array(fc.nat(2000), { maxLength: 8 });
const token = fc.stringMatching(/^[a-z-]{1,10}$/);
const text = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);

describe('a head, however it is cut', () => {
  test('is read whole, and what follows stays in the socket', async () => {
    const head = fc.record({
      status: fc.integer({ min: 200, max: 999 }),
      reason: fc.option(text),
      fields: fc.array(fc.tuple(token, text), { maxLength: 5 }),
      eol: fc.constantFrom('\r\n', '\n'),
      interim: fc.nat(2),
      rest: fc.uint8Array({ maxLength: 50 }),
    });
    await fc.assert(
      fc.asyncProperty(head, cuts, async ({ status, reason, fields, eol, interim, rest }, at) => {
        const lines = [`HTTP/1.1 ${status}${reason === null ? '' : ` ${reason}`}`, ...fields.map((f) => f.join(': '))];
        const message = `${`HTTP/1.1 103 Early Hints${eol}${eol}`.repeat(interim)}${lines.join(eol)}${eol}${eol}`;
        const stream = inPieces(Buffer.concat([Buffer.from(message, 'latin1'), rest]), at);
        const reader = new SocketReader(stream);
        const read = await readResponseHead(reader, place);
        expect(read.status).toBe(status);
        expect(read.headers).toEqual(fields.flat());

        reader.detach();
        expect(stream.listenerCount('readable') + stream.listenerCount('data')).toBe(0);
        const after: Buffer[] = [];
        for await (const bytes of stream) after.push(bytes as Buffer);
        expect(Buffer.concat(after)).toEqual(Buffer.from(rest));
      }),
      { numRuns: 150 },
    );
  });

  test('that is garbage ends in a typed error, always', async () => {
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ maxLength: 100 }).map((string) => Buffer.from(`HTTP/1.1 ${string}`)),
      fc.string({ maxLength: 100 }).map((string) => Buffer.from(`HTTP/1.1 200 OK\r\n${string}`)),
    );
    await fc.assert(
      fc.asyncProperty(garbage, cuts, async (bytes, at) => {
        const reader = new SocketReader(inPieces(Buffer.from(bytes), at));
        try {
          const { status } = await readResponseHead(reader, place);
          expect(status).toBeGreaterThanOrEqual(101);
        } catch (error) {
          if (error instanceof PeerClosedError) expect(bytes).toHaveLength(0);
          else expect(isNetError(error) && error.code).toBe('ERR_TUNNEL_CONNECTION_FAILED');
        }
      }),
      { numRuns: 300 },
    );
  });

  test('that is garbage is refused at its first wrong byte', async () => {
    const reader = new SocketReader(inPieces(Buffer.from('HTTQ'), [], false));
    await expect(readResponseHead(reader, place)).rejects.toMatchObject({ code: 'ERR_TUNNEL_CONNECTION_FAILED' });
  });

  test('with a long run of blanks is no burden', async () => {
    const reader = new SocketReader(inPieces(Buffer.from(`HTTP/1.1 200 OK\r\nx: ${' '.repeat(200_000)}y\r\n\r\n`), []));
    expect((await readResponseHead(reader, place)).headers).toEqual(['x', 'y']);
  });
});

describe('a body, however it is cut', () => {
  const chunk = fc.tuple(fc.stringMatching(/^[a-z]{1,20}$/), fc.constantFrom('', ';a=b', ' ;x="y z"'));

  test('of chunks is read past', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 6 }), cuts, fc.boolean(), async (chunks, at, trailer) => {
        const coded = chunks
          .map(([data, extension]) => `${data.length.toString(16)}${extension}\r\n${data}\r\n`)
          .join('');
        const body = Buffer.from(`${coded}0\r\n${trailer ? 'x: y\r\n' : ''}\r\n`);
        const reader = new SocketReader(inPieces(body, at, false));
        expect(await drainBody(reader, { status: 407, keepAlive: true, bodyLength: 'chunked', headers: [] })).toBe(
          true,
        );
      }),
      { numRuns: 100 },
    );
  });

  test('that is garbage or ends early never rejects', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 100 }),
        cuts,
        fc.oneof(fc.constant('chunked' as const), fc.integer({ min: 101, max: 5000 })),
        async (bytes, at, bodyLength) => {
          const reader = new SocketReader(inPieces(Buffer.from(bytes), at));
          expect(await drainBody(reader, { status: 407, keepAlive: true, bodyLength, headers: [] })).toBe(false);
        },
      ),
      { numRuns: 150 },
    );
  });

  test.each([
    ['a size line without end', '1'.repeat(9000)],
    ['trailers without end', `0\r\n${'x: y\r\n'.repeat(200_000)}`],
    ['more chunks than are worth it', '1\r\nx\r\n'.repeat(300_000)],
    ['a size beyond all measure', 'ffffffff\r\n'],
  ])('of %s is given up', async (_name, body) => {
    const reader = new SocketReader(inPieces(Buffer.from(body), [], false));
    expect(await drainBody(reader, { status: 407, keepAlive: true, bodyLength: 'chunked', headers: [] })).toBe(false);
  });
});
