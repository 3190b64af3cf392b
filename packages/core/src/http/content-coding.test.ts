import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACCEPT_ENCODING, type ContentCoding, createDecoders, parseContentEncoding } from './content-coding.js';

type Encode = (data: Uint8Array) => Buffer;

const zstdCompress = (zlib as { zstdCompressSync?: Encode }).zstdCompressSync;
const ENCODERS: [name: string, coding: ContentCoding, encode: Encode][] = [
  ['gzip', 'gzip', (data) => zlib.gzipSync(data)],
  ['gzip in two members', 'gzip', (data) => Buffer.concat([zlib.gzipSync(data), zlib.gzipSync('')])],
  ['gzip with every header field', 'gzip', withAllHeaderFields],
  ['deflate', 'deflate', (data) => zlib.deflateSync(data)],
  ['deflate without zlib header', 'deflate', (data) => zlib.deflateRawSync(data)],
  ['stored deflate without zlib header', 'deflate', (data) => zlib.deflateRawSync(data, { level: 0 })],
  ['br', 'br', (data) => zlib.brotliCompressSync(data)],
  ...(zstdCompress === undefined ? [] : [['zstd', 'zstd', zstdCompress] satisfies [string, ContentCoding, Encode]]),
];

/** A gzip member with FEXTRA, FNAME, FCOMMENT and FHCRC. */
function withAllHeaderFields(data: Uint8Array): Buffer {
  const plain = zlib.gzipSync(data);
  const head = Buffer.from(plain.subarray(0, 10));
  head[3] = 0x02 | 0x04 | 0x08 | 0x10;
  const fields = Buffer.from('\x03\x00abcname.txt\0comment\0\x12\x34', 'latin1');
  return Buffer.concat([head, fields, plain.subarray(10)]);
}

async function decodeAll(decoders: Duplex[], chunks: readonly Uint8Array[]): Promise<Buffer> {
  const [first, last] = [decoders[0] as Duplex, decoders.at(-1) as Duplex];
  const failed = new Promise<never>((_resolve, reject) => {
    for (const decoder of decoders) decoder.on('error', reject);
    decoders.reduce((from, to) => from.pipe(to));
  });
  const write = async () => {
    for (const chunk of chunks) if (!first.write(chunk)) await once(first, 'drain');
    first.end();
  };
  const read = async () => {
    const parts: Buffer[] = [];
    for await (const part of last) parts.push(part);
    return Buffer.concat(parts);
  };
  const done = Promise.all([read(), write()]).then(([data]) => data);
  return Promise.race([done, failed]);
}

/** Cuts data at the given places (as shares of its length). */
function cut(data: Buffer, shares: readonly number[]): Buffer[] {
  const places = shares.map((share) => Math.floor(share * data.length)).sort((a, b) => a - b);
  return [0, ...places].map((place, i) => data.subarray(place, places[i] ?? data.length));
}

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .array(fc.constantFrom('abc', 'the same again ', '\0\0\0'), { maxLength: 200 })
    .map((parts) => Buffer.from(parts.join(''))),
);
const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

describe.each(ENCODERS)('%s', (_name, coding, encode) => {
  test('is decoded wherever the data is cut', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, shares, async (data, places) => {
        const decoded = await decodeAll(createDecoders([coding]), cut(encode(data), places));
        expect(decoded.equals(data)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('is decoded byte by byte', async () => {
    const coded = encode(Buffer.from('byte by byte, byte by byte'));
    const decoded = await decodeAll(
      createDecoders([coding]),
      [...coded].map((byte) => Buffer.of(byte)),
    );
    expect(decoded.toString()).toBe('byte by byte, byte by byte');
  });

  test('gives large data in full', async () => {
    const data = Buffer.alloc(3_000_000, 'large data with some repetition 0123456789');
    const decoders = createDecoders([coding]);
    expect((await decodeAll(decoders, cut(encode(data), [0.2, 0.21, 0.8]))).equals(data)).toBe(true);
  });

  test('says what it is when the data is something else', async () => {
    const garbage = Buffer.from([0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0xfa, 0xf9, 0xf8, 0xf7, 0xf6, 0xf5, 0xf4]);
    await expect(decodeAll(createDecoders([coding]), [garbage])).rejects.toThrow();
  });
});

// Most versions of Node do not notice the end of zstd data missing; then only the framing of HTTP tells.
test.each(ENCODERS.filter(([, coding]) => coding !== 'zstd'))(
  '%s that is cut off is an error',
  async (_name, coding, encode) => {
    const coded = encode(Buffer.from('some text of which the end is missing'.repeat(3)));
    const short = coded.subarray(0, Math.floor(coded.length / 2));
    await expect(decodeAll(createDecoders([coding]), [short])).rejects.toThrow(/end/);
  },
);

describe('what follows gzip data', () => {
  const coded = zlib.gzipSync('hello');
  const garbage = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 30 }).filter((data) => data[0] !== 0x1f),
    fc
      .constantFrom('\n', '\0\0\0\0', '<!-- served by -->', '\x1f', '\x1f\x8a', '\x1f\x8b\x07')
      .map((text) => Buffer.from(text, 'latin1')),
  );

  test('is ignored unless it is another member, wherever the data is cut', async () => {
    await fc.assert(
      fc.asyncProperty(garbage, shares, async (rest, places) => {
        const decoded = await decodeAll(createDecoders(['gzip']), cut(Buffer.concat([coded, rest]), places));
        expect(decoded.toString()).toBe('hello');
      }),
      { numRuns: 60 },
    );
  });

  test('is decoded when it is another member', async () => {
    const members = [zlib.gzipSync('a'), zlib.gzipSync('b'), zlib.gzipSync('c'), Buffer.from('garbage')];
    expect((await decodeAll(createDecoders(['gzip']), [Buffer.concat(members)])).toString()).toBe('abc');
  });

  test('is an error when another member is cut off', async () => {
    const second = zlib.gzipSync('second');
    await expect(decodeAll(createDecoders(['gzip']), [coded, second.subarray(0, -1)])).rejects.toThrow('too early');
  });
});

test.each([
  ['br', zlib.brotliCompressSync('hello')],
  ['deflate', zlib.deflateSync('hello')],
  ['deflate', zlib.deflateRawSync('hello')],
] as const)('what follows %s data is ignored, wherever the data is cut', async (coding, coded) => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 20 }), shares, async (rest, places) => {
      const decoded = await decodeAll(createDecoders([coding]), cut(Buffer.concat([coded, rest]), places));
      expect(decoded.toString()).toBe('hello');
    }),
    { numRuns: 60 },
  );
});

describe('gzip data', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7])('with a wrong byte %i in its trailer is an error', async (place) => {
    const coded = zlib.gzipSync('hello');
    const at = coded.length - 8 + place;
    coded[at] = (coded[at] as number) ^ 0xff;
    await expect(decodeAll(createDecoders(['gzip']), [coded])).rejects.toThrow('does not match its checksum');
  });

  test('that ends anywhere before its end is an error', async () => {
    const coded = withAllHeaderFields(Buffer.from('hello'));
    for (let length = 1; length < coded.length; length += 1) {
      await expect(decodeAll(createDecoders(['gzip']), [coded.subarray(0, length)])).rejects.toThrow();
    }
  });

  test('with a header that does not end is an error', async () => {
    const endless = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0x08, 0, 0, 0, 0, 0, 0]), Buffer.alloc(70_000, 'n')]);
    await expect(decodeAll(createDecoders(['gzip']), [endless])).rejects.toThrow('no gzip header');
  });
});

test('several codings are undone in turn', async () => {
  const coded = zlib.brotliCompressSync(zlib.gzipSync(zlib.deflateRawSync('three times')));
  const decoded = await decodeAll(createDecoders(['deflate', 'gzip', 'br']), cut(coded, [0.3, 0.6]));
  expect(decoded.toString()).toBe('three times');
});

describe('parseContentEncoding', () => {
  test.each([
    ['gzip', ['gzip']],
    ['GZip', ['gzip']],
    ['x-gzip', ['gzip']],
    ['deflate, gzip', ['deflate', 'gzip']],
    [
      ['deflate', 'br'],
      ['deflate', 'br'],
    ],
    [' , gzip ,, ', ['gzip']],
    ['identity, gzip', ['gzip']],
    ['identity', undefined],
    ['', undefined],
    ['aes128gcm', undefined],
    ['gzip, unknown', undefined],
    ['constructor', undefined],
    ['compress', undefined],
  ])('%j', (field, expected) => {
    expect(parseContentEncoding(field)).toEqual(expected);
  });

  test('refuses more codings than anybody needs', () => {
    expect(parseContentEncoding(Array(5).fill('gzip').join())).toHaveLength(5);
    expect(() => parseContentEncoding(Array(6).fill('gzip').join())).toThrow(RangeError);
  });
});

test('only what can be decoded is asked for', () => {
  const asked = ACCEPT_ENCODING.secure.split(', ');
  for (const coding of asked) expect(parseContentEncoding(coding)).toEqual([coding]);
  expect(asked.includes('zstd')).toBe('createZstdDecompress' in zlib);
});
