import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const MARK = 'peers-mark-';
const FLUSHED_WITHIN = 5_000;
/** Peers read the clock once for everything that they do in a turn; in ms. */
const CLOCK_LAG = 10;

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
  /** When it came in, in ms since 1970, where the peer logs requests when they end. */
  readonly began?: number | undefined;
}

/** How a peer can be made to log a request of which nothing else comes. */
export interface FlushTarget {
  readonly port: number;
  /** The request target up to its query. */
  readonly target: string;
}

/** A peer's log, read from a mark on. */
export class RequestLog {
  static #marks = 0;
  #offset = 0;
  #since = 0;

  /**
   * @param parse - makes a request of a line; undefined for lines that are about something else.
   * @param flushBy - for peers that log a request when it has ended; others have logged it before the client is done.
   */
  constructor(
    private readonly file: string,
    private readonly parse: (line: string) => LoggedRequest | undefined,
    private readonly flushBy?: FlushTarget,
  ) {}

  /** Sets the mark to the end of the log. */
  async mark(): Promise<void> {
    const file = await open(this.file);
    this.#offset = (await file.stat()).size;
    this.#since = Date.now() - CLOCK_LAG;
    await file.close();
  }

  /** The requests since the mark; one that began before and ended since is none of them. */
  async read(): Promise<LoggedRequest[]> {
    const file = await open(this.file);
    try {
      const { size } = await file.stat();
      const { buffer } = await file.read(Buffer.alloc(size - this.#offset), 0, size - this.#offset, this.#offset);
      const lines = buffer.toString('utf8').split('\n');
      const requests = lines.map(this.parse).filter((request) => request !== undefined);
      return requests.filter(({ target, began = this.#since }) => !target.includes(MARK) && began >= this.#since);
    } finally {
      await file.close();
    }
  }

  /** Waits until everything that has ended is logged: a request of our own that comes last shows it. */
  async flush(): Promise<void> {
    if (this.flushBy === undefined) return;
    const { port, target } = this.flushBy;
    const mark = `${MARK}${process.pid}-${++RequestLog.#marks}`;
    const [response] = await once(
      get({ host: '127.0.0.1', port, path: `${target}?${mark}`, agent: false }),
      'response',
    );
    response.resume();
    const deadline = Date.now() + FLUSHED_WITHIN;
    while (!(await readFile(this.file, 'utf8')).includes(mark)) {
      if (Date.now() > deadline) throw new Error(`${this.file}: nothing was logged for ${FLUSHED_WITHIN / 1000} s`);
      await delay(10);
    }
  }
}

/** `-` is how logs write an absent field. */
export function present(field: string | undefined): string | undefined {
  return field === '-' ? undefined : field;
}
