import { app } from '../app/app.js';
import { NetLogFile } from './net-log-file.js';

/** How {@link NetLog.startLogging} logs. */
export interface StartLoggingOptions {
  /** Taken for the sake of programs that say it: all modes log the same, which has no secrets. Default `default`. */
  captureMode?: 'default' | 'includeSensitive' | 'everything';
  /** Bytes of the file beyond which nothing more is logged. Default: no limit. */
  maxFileSize?: number;
}

/**
 * Writes what the network does into a file, which is JSON in the form of Chromium's net log: the requests of one session,
 * and what happens to connections, proxies and sign-ins in the whole process. It has neither header fields nor bodies,
 * and of URLs neither user info nor queries.
 *
 * @example
 * ```ts
 * import { app, net, netLog } from '@netloom/electron-net';
 *
 * await app.whenReady();
 * await netLog.startLogging('/tmp/net-log.json', { maxFileSize: 10_000_000 });
 * await net.fetch('https://example.org/');
 * await netLog.stopLogging();
 * ```
 */
export interface NetLog {
  /**
   * Begins a log; resolves when the file is there. What was in it before is lost. A log that nobody stops is complete when
   * the process ends.
   *
   * Rejects with the system's error when the file cannot be written. The log of a session throws, and `netLog` rejects with,
   * a TypeError for options that cannot be used and while there is a log already.
   *
   * @param path - the file.
   */
  startLogging(path: string, options?: StartLoggingOptions): Promise<void>;
  /** Ends the log; resolves when it is on the disk. Rejects with `No net log in progress`. */
  stopLogging(): Promise<void>;
  /** Whether a log was begun and not stopped, be its file as large as it may get. */
  readonly currentlyLogging: boolean;
}

const CAPTURE_MODES: readonly unknown[] = ['default', 'includeSensitive', 'everything'];

/** @internal The {@link NetLog} of a session. */
export class SessionNetLog implements NetLog {
  /** What the session's requests are told by. */
  readonly #network: object;
  #file: NetLogFile | undefined;

  constructor(network: object) {
    this.#network = network;
  }

  get currentlyLogging(): boolean {
    return this.#file !== undefined;
  }

  startLogging(path: string, options?: StartLoggingOptions): Promise<void> {
    // Arguments are refused by an exception and a file by a rejection, as in Electron.
    const maxBytes = checkedLimit(path, options);
    if (this.#file !== undefined) throw new TypeError('There is already a net log running');
    return this.#start(path, maxBytes);
  }

  async stopLogging(): Promise<void> {
    if (this.#file === undefined) throw new Error('No net log in progress');
    this.#file.close();
    this.#file = undefined;
  }

  async #start(path: string, maxBytes: number | undefined): Promise<void> {
    const program = { name: app.getName(), version: app.getVersion() };
    this.#file = new NetLogFile(path, { program, network: this.#network, maxBytes });
  }
}

function checkedLimit(path: unknown, options: StartLoggingOptions | undefined): number | undefined {
  if (typeof path !== 'string' || path === '') throw new TypeError('The first parameter must be a valid string');
  const { captureMode, maxFileSize } = options ?? {};
  if (captureMode !== undefined && !CAPTURE_MODES.includes(captureMode)) {
    throw new TypeError('Invalid value for captureMode. Must be one of "default", "includeSensitive" or "everything"');
  }
  if (maxFileSize !== undefined && !(typeof maxFileSize === 'number' && maxFileSize >= 0)) {
    throw new TypeError('Invalid value for maxFileSize');
  }
  return maxFileSize;
}
