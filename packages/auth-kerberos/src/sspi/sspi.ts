import type { Abi } from '../native/declarations.js';
import type { Native, NativeValue } from '../native/library.js';
import { LibraryFailure } from '../native/library-failure.js';
import { type FieldValues, StructLayout } from '../native/struct.js';
import {
  SEC_BUFFER,
  SEC_BUFFER_DESC,
  SEC_CHANNEL_BINDINGS,
  SEC_HANDLE,
  SEC_WINNT_AUTH_IDENTITY_W,
  SSPI,
  type SspiFunction,
  STATUS_NAMES,
} from './declarations.js';

/** A handle of credentials or of a context; its bytes are what calls take. */
export type SecHandle = Uint8Array;

/** A user with a password. */
export interface SspiIdentity {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
}

/** What {@link Sspi.initialise} is told. */
export interface InitialiseContext {
  readonly credentials: SecHandle;
  /** Undefined in the first step. */
  readonly context: SecHandle | undefined;
  /** Name of the service, `HTTP/host`. */
  readonly target: string;
  /** `ISC_REQ_…` flags. */
  readonly flags: number;
  readonly channelBinding: Uint8Array | undefined;
  readonly token: Uint8Array | undefined;
}

/** What {@link Sspi.initialise} gives. */
export interface InitialisedContext {
  readonly context: SecHandle;
  readonly token: Uint8Array | undefined;
  readonly complete: boolean;
  /** `ISC_RET_…` flags. */
  readonly flags: number;
}

/** SSPI as functions of JavaScript: memory that the library gives is copied and freed at once. */
export class Sspi {
  readonly #native: Native;
  readonly #handle: StructLayout;
  readonly #buffer: StructLayout;
  readonly #bufferDesc: StructLayout;
  readonly #bindings: StructLayout;
  readonly #identity: StructLayout;

  constructor(native: Native, abi: Abi) {
    this.#native = native;
    this.#handle = new StructLayout(SEC_HANDLE, abi);
    this.#buffer = new StructLayout(SEC_BUFFER, abi);
    this.#bufferDesc = new StructLayout(SEC_BUFFER_DESC, abi);
    this.#bindings = new StructLayout(SEC_CHANNEL_BINDINGS, abi);
    this.#identity = new StructLayout(SEC_WINNT_AUTH_IDENTITY_W, abi);
  }

  /**
   * `AcquireCredentialsHandleW`, of the logged-in user where no identity is given.
   *
   * @throws LibraryFailure
   */
  async acquire(securityPackage: 'Negotiate' | 'NTLM', identity: SspiIdentity | undefined): Promise<SecHandle> {
    const credentials = this.#handle.make({}, this.#native.memory);
    const secrets = identity ? [utf16(identity.password)] : [];
    const auth = identity ? this.#authIdentity(identity, secrets[0]!) : null;
    try {
      await this.#call(
        'AcquireCredentialsHandleW',
        null,
        wide(securityPackage),
        SSPI.SECPKG_CRED_OUTBOUND,
        null,
        auth,
        null,
        null,
        credentials,
        timeStamp(),
      );
    } finally {
      for (const secret of secrets) secret.fill(0);
    }
    return credentials;
  }

  /**
   * `InitializeSecurityContextW`, and `CompleteAuthToken` where the package wants it.
   *
   * @throws LibraryFailure
   */
  async initialise(request: InitialiseContext): Promise<InitialisedContext> {
    const { memory } = this.#native;
    const context = request.context ?? this.#handle.make({}, memory);
    const output = this.#buffer.makeArray([{ BufferType: SSPI.SECBUFFER_TOKEN }], memory);
    const described = this.#describe(output, 1);
    const flags = new Uint8Array(4);
    const status = await this.#raw(
      'InitializeSecurityContextW',
      request.credentials,
      request.context ?? null,
      wide(request.target),
      request.flags | SSPI.ISC_REQ_ALLOCATE_MEMORY | SSPI.ISC_REQ_CONNECTION,
      0,
      SSPI.SECURITY_NATIVE_DREP,
      this.#inputs(request),
      0,
      context,
      described,
      flags,
      timeStamp(),
    );
    const failed = status >= 0x80000000;
    const completes = status === SSPI.SEC_I_COMPLETE_NEEDED || status === SSPI.SEC_I_COMPLETE_AND_CONTINUE;
    try {
      if (completes) await this.#call('CompleteAuthToken', context, described);
    } catch (error) {
      await this.#take(output);
      throw error;
    }
    const token = await this.#take(output);
    if (failed) throw failure('InitializeSecurityContextW', status);
    const more = status === SSPI.SEC_I_CONTINUE_NEEDED || status === SSPI.SEC_I_COMPLETE_AND_CONTINUE;
    return { context, token, complete: !more, flags: new DataView(flags.buffer).getUint32(0, true) };
  }

  /** `DeleteSecurityContext` */
  async deleteContext(context: SecHandle): Promise<void> {
    await this.#raw('DeleteSecurityContext', context);
  }

  /** `FreeCredentialsHandle` */
  async freeCredentials(credentials: SecHandle): Promise<void> {
    await this.#raw('FreeCredentialsHandle', credentials);
  }

  async #call(name: SspiFunction, ...args: NativeValue[]): Promise<void> {
    const status = await this.#raw(name, ...args);
    if (status >= 0x80000000) throw failure(name, status);
  }

  async #raw(name: SspiFunction, ...args: NativeValue[]): Promise<number> {
    return (await this.#native.library.call(name, ...args)) >>> 0;
  }

  /** The peer's token and the channel binding, as far as there are any. */
  #inputs({ token, channelBinding }: InitialiseContext): Uint8Array | null {
    const inputs: FieldValues[] = [];
    if (token) {
      inputs.push({ cbBuffer: token.length, BufferType: SSPI.SECBUFFER_TOKEN, pvBuffer: Uint8Array.from(token) });
    }
    if (channelBinding) {
      const pvBuffer = this.#channelBindings(channelBinding);
      inputs.push({ cbBuffer: pvBuffer.length, BufferType: SSPI.SECBUFFER_CHANNEL_BINDINGS, pvBuffer });
    }
    if (inputs.length === 0) return null;
    return this.#describe(this.#buffer.makeArray(inputs, this.#native.memory), inputs.length);
  }

  #channelBindings(data: Uint8Array): Uint8Array {
    const header = this.#bindings.make(
      { cbApplicationDataLength: data.length, dwApplicationDataOffset: this.#bindings.size },
      this.#native.memory,
    );
    return Uint8Array.from([...header, ...data]);
  }

  #describe(buffers: Uint8Array, count: number): Uint8Array {
    const values = { ulVersion: SSPI.SECBUFFER_VERSION, cBuffers: count, pBuffers: buffers };
    return this.#bufferDesc.make(values, this.#native.memory);
  }

  #authIdentity({ user, domain }: SspiIdentity, password: Uint8Array): Uint8Array {
    return this.#identity.make(
      {
        User: utf16(user),
        UserLength: user.length,
        Domain: utf16(domain),
        DomainLength: domain.length,
        Password: password,
        PasswordLength: password.length / 2,
        Flags: SSPI.SEC_WINNT_AUTH_IDENTITY_UNICODE,
      },
      this.#native.memory,
    );
  }

  /** Copies what the library has put into a buffer, and frees it. */
  async #take(buffer: Uint8Array): Promise<Uint8Array | undefined> {
    const address = this.#buffer.read(buffer, 'pvBuffer');
    const length = Number(this.#buffer.read(buffer, 'cbBuffer'));
    if (address === 0n) return undefined;
    const copy = length > 0 ? this.#native.memory.read(address, length) : undefined;
    await this.#raw('FreeContextBuffer', address);
    return copy;
  }
}

function failure(call: SspiFunction, status: number): LibraryFailure {
  return new LibraryFailure({ call, major: status, minor: 0, text: STATUS_NAMES[status] ?? '' });
}

function utf16(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'utf16le'));
}

/** A text that ends with a zero. */
function wide(text: string): Uint8Array {
  return utf16(`${text}\0`);
}

/** Room for a time that nobody asked for. */
function timeStamp(): Uint8Array {
  return new Uint8Array(8);
}
