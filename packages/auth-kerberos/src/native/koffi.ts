import type { CType, FunctionTable } from './declarations.js';
import type { Memory, Native, NativeLibrary, NativeValue } from './library.js';
import { loadInstalled } from './load-installed.js';

type Koffi = typeof import('koffi');
type NativeFunction = ReturnType<ReturnType<Koffi['load']>['func']>;

/** Names of koffi for the types of the tables. */
const KOFFI_TYPES: Record<CType, string> = {
  void: 'void',
  u16: 'uint16_t',
  u32: 'uint32_t',
  i32: 'int32_t',
  usize: 'size_t',
  pointer: 'void *',
};

/** What {@link openLibrary} looks for. */
export interface LibrarySearch {
  /** File names or paths, best first. */
  readonly names: readonly string[];
  readonly functions: FunctionTable;
  /** Windows' own functions on 32 bits; the default everywhere else. */
  readonly convention?: '__stdcall' | undefined;
}

/**
 * Loads the first library of a list that is there and has the functions.
 *
 * @throws Error that says why none could be loaded.
 */
export async function openLibrary({ names, functions, convention }: LibrarySearch): Promise<Native> {
  const koffi = loadInstalled<Koffi>('koffi');
  const failures: string[] = [];
  for (const name of names) {
    try {
      const library = new KoffiLibrary(koffi, name, functions, convention);
      return { library, memory: new KoffiMemory(koffi) };
    } catch (error) {
      failures.push(`${name} (${(error as Error).message})`);
    }
  }
  throw new Error(`none of these libraries can be used: ${failures.join(', ')}`);
}

class KoffiLibrary implements NativeLibrary {
  readonly #functions = new Map<string, NativeFunction>();
  /** What running calls were given: native code is no reference that the garbage collector knows. */
  readonly #running = new Set<readonly NativeValue[]>();

  constructor(
    koffi: Koffi,
    readonly path: string,
    functions: FunctionTable,
    convention: string | undefined,
  ) {
    const handle = koffi.load(path);
    for (const [name, { returns, args, optional }] of Object.entries(functions)) {
      try {
        const types = args.map((type) => KOFFI_TYPES[type]);
        const declared = convention
          ? handle.func(convention, name, KOFFI_TYPES[returns], types)
          : handle.func(name, KOFFI_TYPES[returns], types);
        this.#functions.set(name, declared);
      } catch (error) {
        if (optional !== true) throw error;
      }
    }
  }

  has(name: string): boolean {
    return this.#functions.has(name);
  }

  call(name: string, ...args: NativeValue[]): Promise<number> {
    const called = this.#functions.get(name);
    if (called === undefined) throw new TypeError(`${this.path} has no function ${name}`);
    this.#running.add(args);
    return new Promise((resolve, reject) => {
      called.async(...args, (error: Error | null, result: number) => {
        this.#running.delete(args);
        if (error) reject(error);
        else resolve(result);
      });
    });
  }
}

class KoffiMemory implements Memory {
  readonly #koffi: Koffi;

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
  }

  addressOf(bytes: Uint8Array): bigint {
    return this.#koffi.address(bytes);
  }

  read(address: bigint, length: number): Uint8Array {
    // A view of foreign memory is forbidden in Electron.
    return Uint8Array.from(this.#koffi.decode(address, 'uint8_t', length) as Iterable<number>);
  }
}
