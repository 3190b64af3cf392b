import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { StreamPieces } from './stream-pieces.js';

async function all(stream: Readable): Promise<unknown[]> {
  const pieces: unknown[] = [];
  for await (const piece of { [Symbol.asyncIterator]: () => new StreamPieces(stream) }) pieces.push(piece);
  return pieces;
}

describe('StreamPieces', () => {
  it('gives the pieces as they were put in, not joined', async () => {
    const pieces = [Buffer.alloc(10), Buffer.alloc(20), Buffer.alloc(30)];
    const stream = new PassThrough({ highWaterMark: 1000 });
    for (const piece of pieces) stream.write(piece);
    stream.end();
    const read = await all(stream);
    expect(read).toHaveLength(3);
    for (const [i, piece] of pieces.entries()) expect(read[i]).toBe(piece);
  });

  it('takes from the stream no more than was asked for', async () => {
    let made = 0;
    const stream = Readable.from(
      (function* () {
        for (;;) yield `${made++}`;
      })(),
      { objectMode: true, highWaterMark: 2 },
    );
    const pieces = new StreamPieces(stream);
    expect(await pieces.next()).toEqual({ done: false, value: '0' });
    expect(await pieces.next()).toEqual({ done: false, value: '1' });
    const before = made;
    await new Promise(setImmediate);
    expect(made - before).toBeLessThanOrEqual(2);
    stream.destroy();
  });

  it('gives strings of a stream with an encoding', async () => {
    expect((await all(Readable.from([Buffer.from('ä')], { objectMode: false }).setEncoding('utf8'))).join('')).toBe(
      'ä',
    );
  });

  it('ends at once for a stream that has ended, and stays ended', async () => {
    const stream = Readable.from([]);
    stream.resume();
    await once(stream, 'end');
    const pieces = new StreamPieces(stream);
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
  });

  it('fails with the error of the stream, after the pieces before it', async () => {
    const stream = Readable.from(
      (function* () {
        yield 'a';
        throw new Error('source');
      })(),
    );
    const pieces = new StreamPieces(stream);
    expect(await pieces.next()).toEqual({ done: false, value: 'a' });
    await expect(pieces.next()).rejects.toThrow('source');
    await expect(pieces.next()).rejects.toThrow('source');
  });

  it('fails where a stream is destroyed before its end', async () => {
    const stream = new PassThrough();
    const next = new StreamPieces(stream).next();
    stream.destroy();
    await expect(next).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
  });

  it('destroys a stream that nobody reads on', async () => {
    const stream = new PassThrough();
    const pieces = new StreamPieces(stream);
    stream.write('a');
    await pieces.next();
    expect(await pieces.return()).toEqual({ done: true, value: undefined });
    expect(stream.destroyed).toBe(true);
  });
});
