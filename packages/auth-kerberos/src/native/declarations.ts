/** Types of C by which the tables of this package declare functions and structures. */
export type CType = 'void' | 'u16' | 'u32' | 'i32' | 'usize' | 'pointer';

/** A function of a library. Every pointer is declared as `pointer`: memory is laid out by {@link StructLayout}. */
export interface FunctionDeclaration {
  readonly returns: CType;
  readonly args: readonly CType[];
  /** Whether some versions of the library do not have it. */
  readonly optional?: boolean;
}

/** The functions of a library by name. */
export type FunctionTable = Readonly<Record<string, FunctionDeclaration>>;

/** A field of a structure: a scalar, or a structure within. */
export type FieldType = Exclude<CType, 'void'> | StructDeclaration;

/** The fields of a structure by name, in order. */
export interface StructDeclaration {
  readonly [field: string]: FieldType;
}

/** How a platform lays out structures. */
export interface Abi {
  /** Size of a pointer and of `size_t` in bytes. */
  readonly pointerSize: 4 | 8;
  /** Greatest alignment of a field in bytes, where the header has a `#pragma pack`. */
  readonly pack?: number | undefined;
}

/** The ABI of this process. */
export function nativeAbi(arch: string = process.arch): Abi {
  return { pointerSize: ['ia32', 'arm', 'mips', 'mipsel'].includes(arch) ? 4 : 8 };
}
