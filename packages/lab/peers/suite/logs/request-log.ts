import { open } from 'node:fs/promises';

/** A request as a peer logged it. */
export interface LoggedRequest {
  /** Tells connections apart: the client's port. */
  readonly connection: string;
  /** The port of the peer that the request came to; 0 where each log belongs to one port. */
  readonly port: number;
  readonly method: string;
  /** Path, URL or authority, as in the request line. */
  readonly target: string;
  /** Undefined where the peer's log does not tell. */
  readonly status: number | undefined;
  readonly protocol?: string | undefined;
  readonly authorization: string | undefined;
  readonly proxyAuthorization: string | undefined;
}

/** A peer's log, read from a mark on. */
export class RequestLog {
  #offset = 0;

  /** @param parse - makes a request of a line; undefined for lines that are about something else. */
  constructor(
    private readonly file: string,
    private readonly parse: (line: string) => LoggedRequest | undefined,
  ) {}

  /** Sets the mark to the end of the log. */
  async mark(): Promise<void> {
    const file = await open(this.file);
    this.#offset = (await file.stat()).size;
    await file.close();
  }

  /** The requests that were logged since the mark. */
  async read(): Promise<LoggedRequest[]> {
    const file = await open(this.file);
    try {
      const { size } = await file.stat();
      const { buffer } = await file.read(Buffer.alloc(size - this.#offset), 0, size - this.#offset, this.#offset);
      const lines = buffer.toString('utf8').split('\n');
      return lines.map(this.parse).filter((request) => request !== undefined);
    } finally {
      await file.close();
    }
  }
}

/** `-` is how logs write an absent field. */
export function present(field: string | undefined): string | undefined {
  return field === '-' ? undefined : field;
}
