import { describe, expect, it } from 'vitest';
import type { Memory } from './library.js';
import { StructLayout } from './struct.js';

const INNER = { length: 'usize', value: 'pointer' } as const;
const OUTER = { kind: 'u16', count: 'u32', inner: INNER } as const;
const memory: Memory = {
  addressOf: (bytes) => 0x1000n + BigInt(bytes.length),
  read: () => new Uint8Array(),
};
const offsets = (layout: StructLayout) => [...layout.fields.values()].map(({ offset }) => offset);

describe('structures of C', () => {
  it.each([
    [{ pointerSize: 8 }, 24, [0, 4, 8]],
    [{ pointerSize: 4 }, 16, [0, 4, 8]],
    [{ pointerSize: 8, pack: 2 }, 22, [0, 2, 6]],
  ] as const)('are laid out for %j', (abi, size, expected) => {
    const layout = new StructLayout(OUTER, abi);
    expect([layout.size, offsets(layout)]).toEqual([size, expected]);
  });

  it('hold numbers and pointers, and zero where nothing is given', () => {
    const layout = new StructLayout(OUTER, { pointerSize: 8 });
    const bytes = layout.make({ kind: 7, count: -1, inner: { length: 3n, value: new Uint8Array(3) } }, memory);
    expect([layout.read(bytes, 'kind'), layout.read(bytes, 'count')]).toEqual([7n, 0xffffffffn]);
    expect(Buffer.from(bytes).readBigUInt64LE(16)).toBe(0x1003n);
    expect(layout.make({}, memory).every((byte) => byte === 0)).toBe(true);
    // Nothing is at the address of nothing.
    expect(Buffer.from(layout.make({ inner: { value: new Uint8Array() } }, memory)).readBigUInt64LE(16)).toBe(0n);
  });

  it('stand in a row', () => {
    const layout = new StructLayout({ value: 'u32' }, { pointerSize: 8 });
    expect(Buffer.from(layout.makeArray([{ value: 1 }, { value: 2 }], memory)).readUInt32LE(4)).toBe(2);
  });

  it('do not take what is no field, or bytes for a structure', () => {
    const layout = new StructLayout(OUTER, { pointerSize: 8 });
    expect(() => layout.make({ other: 1 }, memory)).toThrow('no field "other"; expected kind, count, inner');
    expect(() => layout.make({ inner: new Uint8Array(2) }, memory)).toThrow(/"inner" is a structure/);
  });
});
