import { Readable } from 'node:stream';

const BLOCK = Buffer.alloc(64 * 1024, 'netloom ');

/** A body of so many bytes, made as fast as it is read. */
export function bodyOf(bytes: number): Readable {
  return Readable.from(blocks(bytes), { objectMode: false, highWaterMark: 4 * BLOCK.length });
}

function* blocks(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= BLOCK.length) yield left < BLOCK.length ? BLOCK.subarray(0, left) : BLOCK;
}

/** Reads a stream to its end and gives its bytes. */
export function countBytes(stream: NodeJS.ReadableStream): Promise<number> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    stream.once('end', () => resolve(bytes)).once('error', reject);
  });
}

/** Reads a body of fetch to its end and gives its bytes. */
export async function countFetched(body: AsyncIterable<Uint8Array> | null): Promise<number> {
  let bytes = 0;
  for await (const chunk of body ?? []) bytes += chunk.length;
  return bytes;
}
