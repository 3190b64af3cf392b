/** An argument of a call: a number, an address, memory that the call may read and write, or NULL. */
export type NativeValue = number | bigint | Uint8Array | null;

/** A library of the system that has been loaded. */
export interface NativeLibrary {
  /** The name or path by which it was found. */
  readonly path: string;
  /** Whether it has a function that is declared as optional. */
  has(name: string): boolean;
  /**
   * Calls a function on a thread of libuv's pool. Its arguments live until it has returned.
   *
   * @throws TypeError when the library does not have the function.
   */
  call(name: string, ...args: NativeValue[]): Promise<number>;
}

/** The memory of this process. */
export interface Memory {
  /** Where bytes of ours are. They have to be kept alive while a library knows the address. */
  addressOf(bytes: Uint8Array): bigint;
  /** A copy of memory that belongs to a library. */
  read(address: bigint, length: number): Uint8Array;
}

/** A library, and the memory that it works on. */
export interface Native {
  readonly library: NativeLibrary;
  readonly memory: Memory;
}
