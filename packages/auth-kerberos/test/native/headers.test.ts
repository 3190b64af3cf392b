import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import * as gssapi from '../../src/gssapi/declarations.js';
import { gssapiAbi } from '../../src/gssapi/libraries.js';
import { type CType, type FunctionTable, nativeAbi, type StructDeclaration } from '../../src/native/declarations.js';
import { StructLayout } from '../../src/native/struct.js';
import * as sspi from '../../src/sspi/declarations.js';

/** Facts of a header: what its compiler knows of functions and structures. */
interface Header {
  readonly structures: Record<string, [type: string, name: string][]>;
  readonly constants: Record<string, number>;
  readonly layouts: Record<string, Record<string, Record<string, number>>>;
}
type Functions = Record<string, { readonly returns: string; readonly args: string[] }>;

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../headers/${name}`, import.meta.url), 'utf8')) as T;
}
const GSSAPI = read<Header & { functions: Record<'mit' | 'heimdal', Functions> }>('gssapi.json');
const SSPI = read<Header & { functions: Functions; codes: Record<string, number> }>('sspi.json');

const SCALARS: Record<string, CType> = {
  OM_uint32: 'u32',
  gss_cred_usage_t: 'i32',
  int: 'i32',
  size_t: 'usize',
  ULONG: 'u32',
  ULONG_PTR: 'usize',
  SECURITY_STATUS: 'i32',
};
const POINTERS =
  /\*$|^gss_(const_)?(buffer|name|cred_id|ctx_id|channel_bindings|key_value_set)_t$|^gss_OID(_set)?$|^P[A-Z]|^SEC_GET_KEY_FN$/;

/** The type of ours for one of C. */
function typeOf(c: string): CType {
  const plain = c.replace(/^const /, '').trim();
  const type = SCALARS[plain] ?? (POINTERS.test(plain) ? 'pointer' : undefined);
  if (type === undefined) throw new Error(`unknown type of C: ${c}`);
  return type;
}

function signatures(functions: Functions): Record<string, { returns: CType; args: CType[] }> {
  const entries = Object.entries(functions).map(
    ([name, { returns, args }]) => [name, { returns: typeOf(returns), args: args.map(typeOf) }] as const,
  );
  return Object.fromEntries(entries);
}

function declared(table: FunctionTable, names: readonly string[]) {
  return Object.fromEntries(
    names.map((name) => [name, { returns: table[name]!.returns, args: [...table[name]!.args] }]),
  );
}

describe('functions are declared as in the headers', () => {
  it('of MIT Kerberos, every one', () => {
    const header = signatures(GSSAPI.functions.mit);
    expect(declared(gssapi.GSSAPI_FUNCTIONS, Object.keys(gssapi.GSSAPI_FUNCTIONS))).toEqual(header);
  });

  it('of Heimdal, those that it has; all others are optional', () => {
    const header = signatures(GSSAPI.functions.heimdal);
    expect(declared(gssapi.GSSAPI_FUNCTIONS, Object.keys(header))).toEqual(header);
    const table: FunctionTable = gssapi.GSSAPI_FUNCTIONS;
    for (const name of Object.keys(table)) if (!(name in header)) expect(table[name]!.optional, name).toBe(true);
  });

  it('of Windows, every one', () => {
    expect(declared(sspi.SSPI_FUNCTIONS, Object.keys(sspi.SSPI_FUNCTIONS))).toEqual(signatures(SSPI.functions));
  });
});

const STRUCTURES: [header: Header, name: string, declaration: StructDeclaration][] = [
  [GSSAPI, 'gss_buffer_desc_struct', gssapi.BUFFER],
  [GSSAPI, 'gss_OID_desc_struct', gssapi.OID],
  [GSSAPI, 'gss_OID_set_desc_struct', gssapi.OID_SET],
  [GSSAPI, 'gss_channel_bindings_struct', gssapi.CHANNEL_BINDINGS],
  [GSSAPI, 'gss_key_value_element_struct', gssapi.KEY_VALUE],
  [GSSAPI, 'gss_key_value_set_struct', gssapi.KEY_VALUE_SET],
  [SSPI, 'SecHandle', sspi.SEC_HANDLE],
  [SSPI, 'SecBuffer', sspi.SEC_BUFFER],
  [SSPI, 'SecBufferDesc', sspi.SEC_BUFFER_DESC],
  [SSPI, 'SEC_CHANNEL_BINDINGS', sspi.SEC_CHANNEL_BINDINGS],
  [SSPI, 'SEC_WINNT_AUTH_IDENTITY_W', sspi.SEC_WINNT_AUTH_IDENTITY_W],
];

describe.each(STRUCTURES)('structures are laid out as by a compiler', (header, name, declaration) => {
  it(`${name} has the fields of the header`, () => {
    const fields = header.structures[name]!.map(([type, field]) => [
      field,
      type === 'gss_buffer_desc' ? gssapi.BUFFER : typeOf(type),
    ]);
    expect(Object.entries(declaration)).toEqual(fields);
  });

  it.each(Object.keys(header.layouts))(`${name} on %s`, (machine) => {
    const [platform, arch] = machine.split('-') as [NodeJS.Platform, string];
    const layout = new StructLayout(declaration, platform === 'win32' ? nativeAbi(arch) : gssapiAbi(platform, arch));
    const offsets = Object.fromEntries([...layout.fields].map(([field, { offset }]) => [field, offset]));
    expect({ size: layout.size, ...offsets }).toEqual(header.layouts[machine]![name]);
  });
});

describe('constants have the values of the headers', () => {
  it('of GSSAPI', () => expect({ ...gssapi.GSS }).toEqual(GSSAPI.constants));
  it('of SSPI', () => expect({ ...sspi.SSPI }).toEqual(SSPI.constants));
  it('codes of SSPI', () => {
    for (const [code, name] of Object.entries(sspi.STATUS_NAMES)) expect(SSPI.codes[name], name).toBe(Number(code));
  });
});

describe('koffi lays structures out as we do', () => {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  const names: Record<string, string> = {
    u16: 'uint16_t',
    u32: 'uint32_t',
    i32: 'int32_t',
    usize: 'size_t',
    pointer: 'void *',
  };

  it.each(STRUCTURES.map(([, name, declaration]) => [name, declaration] as const))('%s', (_, declaration) => {
    const made = (fields: StructDeclaration): ReturnType<typeof koffi.struct> => {
      const members = Object.entries(fields).map(([field, type]) => [
        field,
        typeof type === 'string' ? names[type]! : made(type),
      ]);
      return koffi.struct(Object.fromEntries(members));
    };
    const type = made(declaration);
    const layout = new StructLayout(declaration, nativeAbi());
    expect(koffi.sizeof(type)).toBe(layout.size);
    for (const [field, { offset }] of layout.fields) expect(koffi.offsetof(type, field)).toBe(offset);
  });
});
