import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { closeSync, openSync, writeSync } from 'node:fs';
import { constants, EVENTS, PHASES, SOURCES } from './constants.js';
import { type LogEvent, WRITERS } from './events.js';

/** What a {@link NetLogFile} is made from. */
export interface NetLogFileOptions {
  /** Name and version of the program. */
  readonly program: { readonly name: string; readonly version: string };
  /** Whose requests are logged, as {@link RequestLogEvent.network}; default: all. What is no request's is logged anyhow. */
  readonly network?: object | undefined;
  /** Bytes that the file may have; what would go beyond ends the log. Default: no limit. */
  readonly maxBytes?: number | undefined;
}

const END = '\n]}\n';

/** Files that are being written, to be ended with the process. */
const open = new Set<NetLogFile>();
const closeAll = () => {
  for (const file of open) file.close();
};

/**
 * Writes what the network does into a file, in the form of Chromium's net log. It has neither header fields nor bodies,
 * and of URLs neither user info nor queries. The file is complete when the process ends, too.
 */
export class NetLogFile {
  readonly #fd: number;
  readonly #listeners = new Map<string, (event: unknown) => void>();
  #left: number;
  #lines: string[] = [];
  #isFirst = true;

  /** @throws the system's error when the file cannot be written. */
  constructor(path: string, { program, network, maxBytes = Number.POSITIVE_INFINITY }: NetLogFileOptions) {
    this.#fd = openSync(path, 'w', 0o600);
    const head = `{"constants":${JSON.stringify(constants(program.name, program.version))},\n"events": [\n`;
    try {
      writeSync(this.#fd, head);
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
    this.#left = maxBytes - Buffer.byteLength(head) - END.length;
    for (const [name, write] of Object.entries(WRITERS)) {
      const listener = (event: unknown) => {
        const { network: owner = network } = event as { network?: object };
        if (network === undefined || owner === network) this.#add(write(event as never));
      };
      this.#listeners.set(name, listener);
      subscribe(name, listener);
    }
    if (open.size === 0) process.on('exit', closeAll);
    open.add(this);
  }

  /** Writes the end of the file, unless it has one. */
  close(): void {
    if (!open.delete(this)) return;
    if (open.size === 0) process.off('exit', closeAll);
    for (const [name, listener] of this.#listeners) unsubscribe(name, listener);
    try {
      writeSync(this.#fd, this.#lines.join('') + END);
    } catch (error) {
      process.emitWarning(error as Error);
    }
    closeSync(this.#fd);
  }

  #add({ type, source = { type: 'NONE', id: 0 }, phase, params }: LogEvent): void {
    // Whoever is told of the end of the log in the middle of an event may be told of this one still.
    if (!open.has(this)) return;
    const time = String(Math.round(performance.now()));
    const event = JSON.stringify({
      params,
      phase: PHASES[`PHASE_${phase ?? 'NONE'}`],
      source: { id: source.id, start_time: time, type: SOURCES[source.type] },
      time,
      type: EVENTS[type],
    });
    const line = this.#isFirst ? event : `,\n${event}`;
    this.#left -= Buffer.byteLength(line);
    if (this.#left < 0) {
      this.close();
      return;
    }
    this.#lines.push(line);
    this.#isFirst = false;
    // What happens in one turn is written at once.
    if (this.#lines.length === 1) setImmediate(() => this.#flush()).unref();
  }

  #flush(): void {
    if (this.#lines.length === 0 || !open.has(this)) return;
    const text = this.#lines.join('');
    this.#lines = [];
    try {
      writeSync(this.#fd, text);
    } catch (error) {
      // A full disk ends the log, not the program.
      process.emitWarning(error as Error);
      this.close();
    }
  }
}
