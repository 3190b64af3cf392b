import type { Socket } from 'node:net';

/** Thrown when a client goes away in the middle of a message. */
export class EndOfStreamError extends Error {
  override readonly name = 'EndOfStreamError';
  readonly code = 'SOCKS_END_OF_STREAM';
}

/** Reads exact numbers of bytes from a socket; what it did not read stays there. */
export class ByteReader {
  constructor(private readonly socket: Socket) {}

  /** The next `count` bytes. */
  async read(count: number): Promise<Buffer> {
    if (count === 0) return Buffer.alloc(0);
    for (;;) {
      const bytes = this.socket.read(count) as Buffer | null;
      // At the end of the stream read() gives what is left, however little.
      if (bytes?.length === count) return bytes;
      if (bytes || this.socket.readableEnded || this.socket.destroyed)
        throw new EndOfStreamError('The client has gone');
      await this.#more();
    }
  }

  /** The bytes up to a zero byte, which is read too. */
  async readToZero(limit = 512): Promise<Buffer> {
    const bytes: number[] = [];
    while (bytes.length <= limit) {
      const byte = (await this.read(1))[0]!;
      if (byte === 0) return Buffer.from(bytes);
      bytes.push(byte);
    }
    throw new RangeError(`No zero byte within ${limit} bytes`);
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        for (const event of ['readable', 'end', 'close']) this.socket.off(event, done);
        resolve();
      };
      for (const event of ['readable', 'end', 'close']) this.socket.once(event, done);
    });
  }
}
