import type { IncomingMessage } from './incoming-message.js';

/** The body of a response as a stream of bytes, which is read as fast as its own reader reads. */
export function bodyOf(message: IncomingMessage): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        message.on('data', (chunk: Buffer) => {
          controller.enqueue(new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength));
          if ((controller.desiredSize ?? 0) <= 0) message.pause();
        });
        message.once('end', () => controller.close());
        message.once('error', (error) => controller.error(error));
        message.once('close', () => {
          if (!message.readableEnded && !message.errored) controller.error(new Error('net::ERR_ABORTED'));
        });
      },
      pull: () => void message.resume(),
      cancel: (reason) => void message.destroy(reason instanceof Error ? reason : undefined),
    },
    { highWaterMark: HIGH_WATER_MARK_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
  );
}

/** Bytes that wait for the reader at most, but for one piece. */
const HIGH_WATER_MARK_BYTES = 64 * 1024;
