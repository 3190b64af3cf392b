import type { FunctionTable, StructDeclaration } from '../native/declarations.js';

/** The functions of secur32.dll (sspi.h) that are called. */
export const SSPI_FUNCTIONS = {
  AcquireCredentialsHandleW: {
    returns: 'i32',
    args: ['pointer', 'pointer', 'u32', 'pointer', 'pointer', 'pointer', 'pointer', 'pointer', 'pointer'],
  },
  InitializeSecurityContextW: {
    returns: 'i32',
    args: [
      ...(['pointer', 'pointer', 'pointer', 'u32', 'u32', 'u32'] as const),
      ...(['pointer', 'u32', 'pointer', 'pointer', 'pointer', 'pointer'] as const),
    ],
  },
  CompleteAuthToken: { returns: 'i32', args: ['pointer', 'pointer'] },
  FreeContextBuffer: { returns: 'i32', args: ['pointer'] },
  DeleteSecurityContext: { returns: 'i32', args: ['pointer'] },
  FreeCredentialsHandle: { returns: 'i32', args: ['pointer'] },
} as const satisfies FunctionTable;

export type SspiFunction = keyof typeof SSPI_FUNCTIONS;

/** `SecHandle`: credentials and contexts. */
export const SEC_HANDLE = { dwLower: 'usize', dwUpper: 'usize' } as const satisfies StructDeclaration;

/** `SecBuffer`. */
export const SEC_BUFFER = {
  cbBuffer: 'u32',
  BufferType: 'u32',
  pvBuffer: 'pointer',
} as const satisfies StructDeclaration;

/** `SecBufferDesc`. */
export const SEC_BUFFER_DESC = {
  ulVersion: 'u32',
  cBuffers: 'u32',
  pBuffers: 'pointer',
} as const satisfies StructDeclaration;

/** `SEC_CHANNEL_BINDINGS`; what its offsets name follows it in memory. */
export const SEC_CHANNEL_BINDINGS = {
  dwInitiatorAddrType: 'u32',
  cbInitiatorLength: 'u32',
  dwInitiatorOffset: 'u32',
  dwAcceptorAddrType: 'u32',
  cbAcceptorLength: 'u32',
  dwAcceptorOffset: 'u32',
  cbApplicationDataLength: 'u32',
  dwApplicationDataOffset: 'u32',
} as const satisfies StructDeclaration;

/** `SEC_WINNT_AUTH_IDENTITY_W`; lengths are in UTF-16 units. */
export const SEC_WINNT_AUTH_IDENTITY_W = {
  User: 'pointer',
  UserLength: 'u32',
  Domain: 'pointer',
  DomainLength: 'u32',
  Password: 'pointer',
  PasswordLength: 'u32',
  Flags: 'u32',
} as const satisfies StructDeclaration;

/** Constants of sspi.h and winerror.h. */
export const SSPI = {
  SECPKG_CRED_OUTBOUND: 2,
  SEC_WINNT_AUTH_IDENTITY_UNICODE: 2,
  SECURITY_NATIVE_DREP: 0x10,
  SECBUFFER_VERSION: 0,
  SECBUFFER_TOKEN: 2,
  SECBUFFER_CHANNEL_BINDINGS: 14,
  ISC_REQ_DELEGATE: 0x1,
  ISC_REQ_MUTUAL_AUTH: 0x2,
  ISC_REQ_ALLOCATE_MEMORY: 0x100,
  ISC_REQ_CONNECTION: 0x800,
  ISC_RET_MUTUAL_AUTH: 0x2,
  SEC_I_CONTINUE_NEEDED: 0x00090312,
  SEC_I_COMPLETE_NEEDED: 0x00090313,
  SEC_I_COMPLETE_AND_CONTINUE: 0x00090314,
} as const;

/** Names of the codes that a client meets: there is no function in secur32 that would tell them. */
export const STATUS_NAMES: Readonly<Record<number, string>> = {
  2148074240: 'SEC_E_INSUFFICIENT_MEMORY',
  2148074241: 'SEC_E_INVALID_HANDLE',
  2148074242: 'SEC_E_UNSUPPORTED_FUNCTION',
  2148074243: 'SEC_E_TARGET_UNKNOWN',
  2148074244: 'SEC_E_INTERNAL_ERROR',
  2148074245: 'SEC_E_SECPKG_NOT_FOUND',
  2148074246: 'SEC_E_NOT_OWNER',
  2148074248: 'SEC_E_INVALID_TOKEN',
  2148074252: 'SEC_E_LOGON_DENIED',
  2148074253: 'SEC_E_UNKNOWN_CREDENTIALS',
  2148074254: 'SEC_E_NO_CREDENTIALS',
  2148074255: 'SEC_E_MESSAGE_ALTERED',
  2148074257: 'SEC_E_NO_AUTHENTICATING_AUTHORITY',
  2148074263: 'SEC_E_CONTEXT_EXPIRED',
  2148074264: 'SEC_E_INCOMPLETE_MESSAGE',
  2148074272: 'SEC_E_INCOMPLETE_CREDENTIALS',
  2148074274: 'SEC_E_WRONG_PRINCIPAL',
  2148074276: 'SEC_E_TIME_SKEW',
  2148074289: 'SEC_E_ALGORITHM_MISMATCH',
  2148074306: 'SEC_E_KDC_UNKNOWN_ETYPE',
  2148074310: 'SEC_E_BAD_BINDINGS',
  2148074334: 'SEC_E_DELEGATION_POLICY',
  2148074339: 'SEC_E_MUTUAL_AUTH_FAILED',
};
