import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunksOf, ReplayBody, type RequestBody, type WritableBody } from './replay.js';

const encoder = new TextEncoder();

async function read(body: WritableBody): Promise<string> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(body)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function* stream(...pieces: (string | Uint8Array)[]) {
  yield* pieces;
}

describe('ReplayBody', () => {
  const repeatable: readonly [string, RequestBody][] = [
    ['string', 'text'],
    ['bytes', encoder.encode('text')],
    ['ArrayBuffer', encoder.encode('text').buffer],
    ['view of a part', encoder.encode('a text').subarray(2)],
    ['Blob', new Blob(['text'])],
    ['factory', () => stream('te', 'xt')],
  ];
  test.each(repeatable)('%s can be opened again and again', async (_kind, source) => {
    const body = new ReplayBody(source);
    for (let i = 0; i < 3; i += 1) {
      expect(body.canReplay()).toBe(true);
      expect(await read(body.open())).toBe('text');
    }
  });

  test.each([null, undefined, '', new Uint8Array(0)])('%j is empty', (source) => {
    const body = new ReplayBody(source as RequestBody);
    expect([body.empty, body.open()]).toEqual([true, null]);
  });

  test.each([42, true, {}, Symbol('x')])('%s is refused', (source) => {
    expect(() => new ReplayBody(source as unknown as RequestBody)).toThrow(TypeError);
  });

  test('URLSearchParams bring their content type', async () => {
    const body = new ReplayBody(new URLSearchParams({ a: 'b c' }));
    expect([await read(body.open()), body.contentType]).toEqual([
      'a=b+c',
      'application/x-www-form-urlencoded;charset=UTF-8',
    ]);
  });

  test('a stream is kept up to the limit, and streamed beyond it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1, maxLength: 8 })),
        fc.nat(40),
        fc.nat(10),
        async (pieces, limit, stopAt) => {
          const whole = pieces.join('');
          const body = new ReplayBody(Readable.from(pieces), limit);
          // An attempt that is given up somewhere.
          let taken = 0;
          for await (const _chunk of chunksOf(body.open() as AsyncIterable<Uint8Array>)) {
            taken += 1;
            if (taken >= stopAt) break;
          }
          if (!body.canReplay()) expect(() => body.open()).toThrow('outgrown');
          else expect(await read(body.open())).toBe(whole);
        },
      ),
    );
  });

  test('after settling, what was not read yet is still sent', async () => {
    const body = new ReplayBody(stream('one', 'two', 'three'), 100);
    const reader = chunksOf(body.open() as AsyncIterable<Uint8Array>);
    const iterator = (reader as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    await iterator.next();
    body.settle();
    expect(Buffer.from((await iterator.next()).value ?? []).toString()).toBe('two');
    expect(body.canReplay()).toBe(false);
  });

  test('a reader that was given up loses no chunk that was on its way', async () => {
    let release: (chunk: string) => void = () => undefined;
    const slow = (async function* () {
      yield await new Promise<string>((resolve) => {
        release = resolve;
      });
      yield 'second';
    })();
    const body = new ReplayBody(slow, 3);
    const first = (body.open() as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    const pending = first.next();
    await new Promise(setImmediate);
    const second = read(body.open());
    release('first, longer than the limit ');
    expect(await second).toBe('first, longer than the limit second');
    await pending;
  });

  test('an error of the source is kept as it is', async () => {
    const failure = new Error('disk gone');
    const body = new ReplayBody(
      (async function* () {
        yield 'x';
        throw failure;
      })(),
    );
    await expect(read(body.open())).rejects.toBe(failure);
    expect(body.failure).toBe(failure);
  });

  test('disposing tells the source', async () => {
    let told = false;
    const body = new ReplayBody(
      (async function* () {
        try {
          yield 'x';
          yield 'y';
        } finally {
          told = true;
        }
      })(),
    );
    const iterator = (body.open() as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    await iterator.next();
    body.dispose();
    await expect.poll(() => told).toBe(true);
  });

  test.each(['md5', 'sha256'] as const)('hashes by %s what it sends', async (algorithm) => {
    for (const source of ['text', new Blob(['text']), () => stream('text'), stream('te', 'xt')] as RequestBody[]) {
      const body = new ReplayBody(source);
      expect(await body.canHash()).toBe(true);
      expect(await body.hash(algorithm)).toBe(createHash(algorithm).update('text').digest('hex'));
      expect(await read(body.open())).toBe('text');
    }
    const form = new FormData();
    form.set('a', 'b');
    const body = new ReplayBody(form);
    const hash = await body.hash(algorithm);
    expect(
      createHash(algorithm)
        .update(await read(body.open()))
        .digest('hex'),
    ).toBe(hash);
    expect(body.contentType).toMatch(/^multipart\/form-data; boundary=/);
  });

  test('a stream that is too long cannot be hashed', async () => {
    expect(await new ReplayBody(stream('12345', '67890'), 6).canHash()).toBe(false);
  });
});
