import type { Abi } from '../../src/native/declarations.js';
import type { Memory, Native, NativeLibrary, NativeValue } from '../../src/native/library.js';

/** One call of a library, as it was recorded or as the system documents it. */
export interface Exchange {
  readonly call: string;
  /** Numbers as they are, `bytes` for memory of ours, `handle` and `none` for addresses; not compared when missing. */
  readonly args?: readonly (string | number | null)[];
  readonly returns: number;
  /** What the call writes into memory that it was given: hexadecimal digits by number of the argument. */
  readonly writes?: Readonly<Record<string, string>>;
  /** Buffers of its own that the call gives, by number of the argument. */
  readonly buffers?: Readonly<Record<string, string>>;
}

/** A call that was made. */
export interface Played {
  readonly call: string;
  readonly args: readonly NativeValue[];
}

/** Writes what a library gives into the structure by which it gives it. */
export type GiveBuffer = (structure: Uint8Array, address: bigint, length: number) => void;

const FOREIGN = 0x7f00_0000_0000n;

/** A library that answers as the trace says, and fails when it is called otherwise. */
export class FakeNative implements Native {
  readonly played: Played[] = [];
  readonly library: NativeLibrary;
  readonly memory: Memory;
  /** Memory that was given and not freed. */
  readonly unfreed = new Set<bigint>();
  /** Calls that ran while another did. */
  overlaps = 0;
  readonly #foreign = new Map<bigint, Uint8Array>();
  readonly #own = new Map<bigint, Uint8Array>();
  readonly #waiting: Exchange[];
  #running = 0;

  constructor(
    trace: readonly Exchange[],
    private readonly give: GiveBuffer,
    has: Readonly<Record<string, boolean>> = {},
    path = 'libfake.so',
  ) {
    this.#waiting = [...trace];
    this.library = { path, has: (name) => has[name] ?? true, call: (name, ...args) => this.#call(name, args) };
    this.memory = {
      addressOf: (bytes) => this.#addressOf(bytes),
      read: (address, length) => this.#read(address, length),
    };
  }

  /** Calls that the trace has and that were not made. */
  get left(): readonly string[] {
    return this.#waiting.map(({ call }) => call);
  }

  /** The memory of ours at an address that a call was given. */
  at(address: bigint): Uint8Array {
    const found = this.#own.get(address);
    if (!found) throw new Error(`nothing of ours is at ${address}`);
    return found;
  }

  async #call(name: string, args: NativeValue[]): Promise<number> {
    if (this.#running++ > 0) this.overlaps++;
    const exchange = this.#waiting.shift();
    if (exchange?.call !== name) throw new Error(`called ${name}, expected ${exchange?.call ?? 'nothing more'}`);
    this.played.push({ call: name, args: args.map((arg) => (arg instanceof Uint8Array ? arg.slice() : arg)) });
    this.#compare(exchange, args);
    this.#noteFree(name, args);
    for (const [index, digits] of Object.entries(exchange.writes ?? {})) {
      (args[Number(index)] as Uint8Array).set(Buffer.from(digits, 'hex'));
    }
    for (const [index, text] of Object.entries(exchange.buffers ?? {}))
      this.#put(args[Number(index)] as Uint8Array, text);
    await Promise.resolve();
    this.#running--;
    return exchange.returns;
  }

  #compare({ call, args }: Exchange, given: NativeValue[]): void {
    const seen = given.map((arg) =>
      arg instanceof Uint8Array ? 'bytes' : typeof arg === 'bigint' ? (arg === 0n ? 'none' : 'handle') : arg,
    );
    if (args && JSON.stringify(args) !== JSON.stringify(seen)) {
      throw new Error(`${call} was called with ${JSON.stringify(seen)}, expected ${JSON.stringify(args)}`);
    }
  }

  #put(structure: Uint8Array, text: string): void {
    const bytes = Uint8Array.from(/^([0-9a-f]{2})+$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text));
    const address = FOREIGN + BigInt(this.#foreign.size) * 0x1_0000n;
    this.#foreign.set(address, bytes);
    this.unfreed.add(address);
    this.give(structure, address, bytes.length);
  }

  #noteFree(name: string, args: NativeValue[]): void {
    if (name === 'FreeContextBuffer') this.unfreed.delete(args[0] as bigint);
    if (name === 'gss_release_buffer') {
      const { buffer, byteOffset } = args[1] as Uint8Array;
      this.unfreed.delete(new DataView(buffer, byteOffset).getBigUint64(8, true));
    }
  }

  #addressOf(bytes: Uint8Array): bigint {
    const address = 0x1000n + BigInt(this.#own.size) * 0x1_0000n;
    this.#own.set(address, bytes);
    return address;
  }

  #read(address: bigint, length: number): Uint8Array {
    const bytes = this.#foreign.get(address);
    if (!bytes || bytes.length < length) throw new Error(`${length} bytes were read at ${address}`);
    return bytes.slice(0, length);
  }
}

/** `gss_buffer_desc` of 64 bits: length, then pointer. */
export const giveGssBuffer: GiveBuffer = (structure, address, length) => {
  const buffer = Buffer.from(structure.buffer, structure.byteOffset, structure.length);
  buffer.writeBigUInt64LE(BigInt(length), 0);
  buffer.writeBigUInt64LE(address, 8);
};

/** An ABI that traces can be played with on any machine. */
export const X64: Abi = { pointerSize: 8 };
