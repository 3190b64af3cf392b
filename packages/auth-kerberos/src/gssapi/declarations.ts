import type { FunctionTable, StructDeclaration } from '../native/declarations.js';

/** The functions of GSSAPI (RFC 2744) that are called, and some that only newer libraries have. */
export const GSSAPI_FUNCTIONS = {
  gss_import_name: { returns: 'u32', args: ['pointer', 'pointer', 'pointer', 'pointer'] },
  gss_release_name: { returns: 'u32', args: ['pointer', 'pointer'] },
  gss_acquire_cred: {
    returns: 'u32',
    args: ['pointer', 'pointer', 'u32', 'pointer', 'i32', 'pointer', 'pointer', 'pointer'],
  },
  gss_release_cred: { returns: 'u32', args: ['pointer', 'pointer'] },
  gss_init_sec_context: {
    returns: 'u32',
    args: [
      ...(['pointer', 'pointer', 'pointer', 'pointer', 'pointer', 'u32', 'u32'] as const),
      ...(['pointer', 'pointer', 'pointer', 'pointer', 'pointer', 'pointer'] as const),
    ],
  },
  gss_delete_sec_context: { returns: 'u32', args: ['pointer', 'pointer', 'pointer'] },
  gss_release_buffer: { returns: 'u32', args: ['pointer', 'pointer'] },
  gss_display_status: { returns: 'u32', args: ['pointer', 'u32', 'i32', 'pointer', 'pointer', 'pointer'] },
  /** MIT 1.8, Heimdal 1.5. */
  gss_set_neg_mechs: { returns: 'u32', args: ['pointer', 'pointer', 'pointer'], optional: true },
  /** MIT 1.9, Heimdal 7. */
  gss_acquire_cred_with_password: {
    returns: 'u32',
    args: ['pointer', 'pointer', 'pointer', 'u32', 'pointer', 'i32', 'pointer', 'pointer', 'pointer'],
    optional: true,
  },
  /** MIT 1.11. */
  gss_store_cred_into: {
    returns: 'u32',
    args: ['pointer', 'pointer', 'i32', 'pointer', 'u32', 'u32', 'pointer', 'pointer', 'pointer'],
    optional: true,
  },
  /** MIT 1.11. */
  gss_acquire_cred_from: {
    returns: 'u32',
    args: ['pointer', 'pointer', 'u32', 'pointer', 'i32', 'pointer', 'pointer', 'pointer', 'pointer'],
    optional: true,
  },
} as const satisfies FunctionTable;

export type GssapiFunction = keyof typeof GSSAPI_FUNCTIONS;

/** `gss_buffer_desc`. */
export const BUFFER = { length: 'usize', value: 'pointer' } as const satisfies StructDeclaration;

/** `gss_OID_desc`. */
export const OID = { length: 'u32', elements: 'pointer' } as const satisfies StructDeclaration;

/** `gss_OID_set_desc`. */
export const OID_SET = { count: 'usize', elements: 'pointer' } as const satisfies StructDeclaration;

/** `struct gss_channel_bindings_struct`. */
export const CHANNEL_BINDINGS = {
  initiator_addrtype: 'u32',
  initiator_address: BUFFER,
  acceptor_addrtype: 'u32',
  acceptor_address: BUFFER,
  application_data: BUFFER,
} as const satisfies StructDeclaration;

/** `struct gss_key_value_element_struct`. */
export const KEY_VALUE = { key: 'pointer', value: 'pointer' } as const satisfies StructDeclaration;

/** `struct gss_key_value_set_struct`. */
export const KEY_VALUE_SET = { count: 'u32', elements: 'pointer' } as const satisfies StructDeclaration;

/** Constants of the headers. */
export const GSS = {
  GSS_C_INITIATE: 1,
  GSS_C_INDEFINITE: 0xffffffff,
  GSS_C_GSS_CODE: 1,
  GSS_C_MECH_CODE: 2,
  GSS_S_CONTINUE_NEEDED: 1,
  GSS_S_UNAVAILABLE: 16 << 16,
  GSS_C_DELEG_FLAG: 1,
  GSS_C_MUTUAL_FLAG: 2,
  GSS_C_DELEG_POLICY_FLAG: 32768,
  /** MIT 1.19: tells the server that the client knows channel bindings, so that their absence means something. */
  GSS_C_CHANNEL_BOUND_FLAG: 2048,
} as const;

/** Object identifiers as DER has them, without tag and length. */
export const OIDS = {
  /** 1.3.6.1.5.5.2, RFC 4178. */
  spnego: '2b0601050502',
  /** 1.2.840.113554.1.2.2, RFC 4121. */
  krb5: '2a864886f712010202',
  /** 1.2.840.113554.1.2.1.1, GSS_C_NT_USER_NAME. */
  userName: '2a864886f71201020101',
  /** 1.2.840.113554.1.2.1.4, GSS_C_NT_HOSTBASED_SERVICE. */
  hostBasedService: '2a864886f71201020104',
} as const;
