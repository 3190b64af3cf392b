import type { Abi, FieldType, StructDeclaration } from './declarations.js';
import type { Memory } from './library.js';

/** What a field is set to; bytes stand for a pointer to them, undefined for 0 and NULL. */
export type FieldValue = number | bigint | Uint8Array | undefined | FieldValues;

/** Values by field. */
export interface FieldValues {
  readonly [field: string]: FieldValue;
}

/** What a structure points to lives as long as the structure: the garbage collector does not see native pointers. */
const pointees = new WeakMap<Uint8Array, Uint8Array[]>();

interface PlacedField {
  readonly offset: number;
  readonly size: number;
  readonly type: Exclude<FieldType, StructDeclaration> | StructLayout;
}

/** Where the fields of a structure of C are, and how they are written and read. */
export class StructLayout {
  /** Size in bytes. */
  readonly size: number;
  /** Alignment in bytes. */
  readonly alignment: number;
  readonly fields: ReadonlyMap<string, PlacedField>;

  constructor(declaration: StructDeclaration, abi: Abi) {
    const fields = new Map<string, PlacedField>();
    let end = 0;
    let greatest = 1;
    for (const [name, type] of Object.entries(declaration)) {
      const placed = typeof type === 'string' ? type : new StructLayout(type, abi);
      const size = typeof placed === 'string' ? sizeOf(placed, abi) : placed.size;
      const natural = typeof placed === 'string' ? size : placed.alignment;
      const alignment = Math.min(natural, abi.pack ?? natural);
      const offset = roundUp(end, alignment);
      fields.set(name, { offset, size, type: placed });
      end = offset + size;
      greatest = Math.max(greatest, alignment);
    }
    this.fields = fields;
    this.alignment = greatest;
    this.size = roundUp(end, greatest);
  }

  /** Makes a structure in memory that a call can be given. */
  make(values: FieldValues, memory: Memory): Uint8Array {
    const bytes = new Uint8Array(this.size);
    const kept: Uint8Array[] = [];
    this.#write(bytes, values, memory, kept);
    pointees.set(bytes, kept);
    return bytes;
  }

  /** Makes an array of structures. */
  makeArray(elements: readonly FieldValues[], memory: Memory): Uint8Array {
    const bytes = new Uint8Array(this.size * elements.length);
    const kept: Uint8Array[] = [];
    for (const [index, values] of elements.entries()) {
      this.#write(bytes.subarray(index * this.size, (index + 1) * this.size), values, memory, kept);
    }
    pointees.set(bytes, kept);
    return bytes;
  }

  /** The value of a scalar field. */
  read(bytes: Uint8Array, name: string): bigint {
    const { offset, size } = this.#field(name);
    return readInteger(bytes, offset, size);
  }

  #write(bytes: Uint8Array, values: FieldValues, memory: Memory, kept: Uint8Array[]): void {
    for (const [name, value] of Object.entries(values)) {
      const { offset, size, type } = this.#field(name);
      if (typeof type !== 'string') {
        if (value instanceof Uint8Array) throw new TypeError(`field "${name}" is a structure, not a pointer to bytes`);
        type.#write(bytes.subarray(offset, offset + size), value as FieldValues, memory, kept);
      } else if (value instanceof Uint8Array) {
        kept.push(value);
        writeInteger(bytes, offset, size, value.length === 0 ? 0n : memory.addressOf(value));
      } else if (value !== undefined) {
        writeInteger(bytes, offset, size, BigInt(value as number | bigint));
      }
    }
  }

  #field(name: string): PlacedField {
    const field = this.fields.get(name);
    if (field === undefined) throw new TypeError(`no field "${name}"; expected ${[...this.fields.keys()].join(', ')}`);
    return field;
  }
}

/** Reads an unsigned integer of this machine's byte order, which is little-endian wherever Node runs but on s390x. */
export function readInteger(bytes: Uint8Array, offset: number, size: number): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 8) return view.getBigUint64(offset, LITTLE_ENDIAN);
  return BigInt(size === 4 ? view.getUint32(offset, LITTLE_ENDIAN) : view.getUint16(offset, LITTLE_ENDIAN));
}

function writeInteger(bytes: Uint8Array, offset: number, size: number, value: bigint): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 8) view.setBigUint64(offset, BigInt.asUintN(64, value), LITTLE_ENDIAN);
  else if (size === 4) view.setUint32(offset, Number(BigInt.asUintN(32, value)), LITTLE_ENDIAN);
  else view.setUint16(offset, Number(BigInt.asUintN(16, value)), LITTLE_ENDIAN);
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function sizeOf(type: Exclude<FieldType, StructDeclaration>, { pointerSize }: Abi): number {
  switch (type) {
    case 'u16':
      return 2;
    case 'u32':
    case 'i32':
      return 4;
    case 'usize':
    case 'pointer':
      return pointerSize;
  }
}

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
