/** What can be sent as one message. */
export type Payload = string | ArrayBuffer | ArrayBufferView | Blob;

/**
 * Sends in the order of the calls, although what is in a Blob has to be read first. undici would have a close overtake
 * it, and an unreadable one end the process.
 */
export class Outbox {
  readonly #send: (payload: Exclude<Payload, Blob>) => void;
  readonly #onUnreadable: (error: Error) => void;
  #last: Promise<void> | undefined;
  /** Bytes that wait for a Blob to be read. */
  waitingBytes = 0;

  constructor(send: (payload: Exclude<Payload, Blob>) => void, onUnreadable: (error: Error) => void) {
    this.#send = send;
    this.#onUnreadable = onUnreadable;
  }

  send(payload: Payload): void {
    if (this.#last === undefined && !(payload instanceof Blob)) {
      this.#send(payload);
      return;
    }
    const bytes = byteLength(payload);
    // The caller may write to it as soon as this returns.
    const kept = typeof payload === 'string' || payload instanceof Blob ? payload : bytesOf(payload).slice();
    this.waitingBytes += bytes;
    this.#queue(async () => {
      const ready = kept instanceof Blob ? await kept.arrayBuffer() : kept;
      this.waitingBytes -= bytes;
      this.#send(ready);
    });
  }

  /** Runs something when everything before it has been sent; at once when it has. */
  afterwards(run: () => void): void {
    if (this.#last === undefined) run();
    else this.#queue(async () => run());
  }

  #queue(run: () => Promise<void>): void {
    const turn = (this.#last ?? Promise.resolve()).then(run).then(
      () => {
        if (this.#last === turn) this.#last = undefined;
      },
      (error: Error) => this.#onUnreadable(error),
    );
    this.#last = turn;
  }
}

/** Bytes that a message takes. */
export function byteLength(payload: Payload): number {
  if (typeof payload === 'string') return Buffer.byteLength(payload);
  return payload instanceof Blob ? payload.size : payload.byteLength;
}

/** The bytes of a message that has been read. */
export function bytesOf(payload: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (!ArrayBuffer.isView(payload)) return new Uint8Array(payload);
  return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
}
