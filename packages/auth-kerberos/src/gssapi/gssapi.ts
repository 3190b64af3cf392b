import type { Abi } from '../native/declarations.js';
import type { Native, NativeValue } from '../native/library.js';
import { LibraryFailure } from '../native/library-failure.js';
import { readInteger, StructLayout } from '../native/struct.js';
import {
  BUFFER,
  CHANNEL_BINDINGS,
  GSS,
  type GssapiFunction,
  KEY_VALUE,
  KEY_VALUE_SET,
  OID,
  OID_SET,
} from './declarations.js';
import { isError } from './status.js';

/** An address that the library gave: of a name, credentials or a context; 0 for none. */
export type Handle = bigint;

/** What {@link Gssapi.initSecContext} is told. */
export interface InitSecContext {
  readonly credentials: Handle;
  readonly context: Handle;
  readonly target: Handle;
  readonly mechanism: Uint8Array;
  /** `GSS_C_…_FLAG`s that are asked for. */
  readonly flags: number;
  /** The bytes of the channel binding. */
  readonly channelBinding: Uint8Array | undefined;
  readonly token: Uint8Array | undefined;
}

/** What {@link Gssapi.initSecContext} gives. */
export interface InitSecContextResult {
  readonly context: Handle;
  readonly token: Uint8Array | undefined;
  readonly complete: boolean;
  /** `GSS_C_…_FLAG`s that the context has. */
  readonly flags: number;
  /** Why the context cannot be established; a token for the peer may come with it. */
  readonly failure: LibraryFailure | undefined;
}

/** How credentials are acquired. */
export interface AcquireCredentials {
  /** The principal; 0 for the default one. */
  readonly name: Handle;
  readonly mechanism: Uint8Array;
  readonly password?: Uint8Array | undefined;
  /** Where credentials are taken from: `ccache`, `client_keytab`. */
  readonly store?: Readonly<Record<string, string>> | undefined;
}

/** Texts that `gss_display_status` may have for one code; a library that never ends them would never end us. */
const TEXTS = 8;

/** GSSAPI (RFC 2744) as functions of JavaScript: memory that the library gives is copied and freed at once. */
export class Gssapi {
  readonly #native: Native;
  readonly #handleSlot: StructLayout;
  readonly #buffer: StructLayout;
  readonly #oid: StructLayout;
  readonly #oidSet: StructLayout;
  readonly #bindings: StructLayout;
  readonly #keyValue: StructLayout;
  readonly #keyValueSet: StructLayout;

  constructor(native: Native, abi: Abi) {
    this.#native = native;
    this.#handleSlot = new StructLayout({ handle: 'pointer' }, abi);
    this.#buffer = new StructLayout(BUFFER, abi);
    this.#oid = new StructLayout(OID, abi);
    this.#oidSet = new StructLayout(OID_SET, abi);
    this.#bindings = new StructLayout(CHANNEL_BINDINGS, abi);
    this.#keyValue = new StructLayout(KEY_VALUE, abi);
    this.#keyValueSet = new StructLayout(KEY_VALUE_SET, abi);
  }

  /** The name or path of the library. */
  get path(): string {
    return this.#native.library.path;
  }

  /** Whether the library has a function that not all have. */
  has(name: GssapiFunction): boolean {
    return this.#native.library.has(name);
  }

  /**
   * Makes sure of a function that not all libraries have.
   *
   * @throws LibraryFailure that says what cannot be done.
   */
  demand(call: GssapiFunction, what: string): void {
    if (this.has(call)) return;
    const text = `${this.path} cannot sign in with ${what}: it has no ${call}`;
    throw new LibraryFailure({ call, major: GSS.GSS_S_UNAVAILABLE, minor: 0, text });
  }

  /** An object identifier as calls take it. */
  oid(hex: string): Uint8Array {
    const elements = Uint8Array.from(Buffer.from(hex, 'hex'));
    return this.#oid.make({ length: elements.length, elements }, this.#native.memory);
  }

  /** `gss_import_name` */
  async importName(text: string, type: Uint8Array): Promise<Handle> {
    const name = this.#slot();
    await this.#call('gss_import_name', this.#input(Buffer.from(text)), type, name);
    return this.#handle(name);
  }

  /**
   * `gss_acquire_cred`, `gss_acquire_cred_with_password` or `gss_acquire_cred_from`, for the initiator.
   *
   * @throws LibraryFailure when there are none.
   */
  async acquire({ name, mechanism, password, store }: AcquireCredentials): Promise<Handle> {
    const credentials = this.#slot();
    const mechanisms = this.#only(mechanism);
    const before = [name, ...(password ? [this.#input(password)] : []), GSS.GSS_C_INDEFINITE, mechanisms];
    const after = [GSS.GSS_C_INITIATE, ...(store ? [this.#store(store)] : []), credentials, null, null];
    const call = password ? 'gss_acquire_cred_with_password' : store ? 'gss_acquire_cred_from' : 'gss_acquire_cred';
    try {
      await this.#call(call, ...before, ...after);
    } finally {
      password?.fill(0);
    }
    return this.#handle(credentials);
  }

  /** `gss_store_cred_into` */
  async storeCredentials(
    credentials: Handle,
    mechanism: Uint8Array,
    store: Readonly<Record<string, string>>,
  ): Promise<void> {
    const [overwrite, asDefault] = [1, 0];
    const where = this.#store(store);
    await this.#call(
      'gss_store_cred_into',
      credentials,
      GSS.GSS_C_INITIATE,
      mechanism,
      overwrite,
      asDefault,
      where,
      null,
      null,
    );
  }

  /** `gss_set_neg_mechs`: the only mechanism that SPNEGO is to offer with these credentials. */
  async setNegotiable(credentials: Handle, mechanism: Uint8Array): Promise<void> {
    await this.#call('gss_set_neg_mechs', credentials, this.#only(mechanism));
  }

  /** `gss_init_sec_context` */
  async initSecContext(request: InitSecContext): Promise<InitSecContextResult> {
    const context = this.#slot(request.context);
    const output = this.#output();
    const flags = new Uint8Array(4);
    const bindings = request.channelBinding && this.#channelBindings(request.channelBinding);
    const { major, minor } = await this.#raw(
      'gss_init_sec_context',
      request.credentials,
      context,
      request.target,
      request.mechanism,
      request.flags,
      GSS.GSS_C_INDEFINITE,
      bindings ?? null,
      request.token ? this.#input(request.token) : null,
      null,
      output,
      flags,
      null,
    );
    const failure = isError(major)
      ? await this.#failure('gss_init_sec_context', major, minor, request.mechanism)
      : undefined;
    return {
      context: this.#handle(context),
      token: await this.#take(output),
      complete: failure === undefined && (major & GSS.GSS_S_CONTINUE_NEEDED) === 0,
      flags: Number(readInteger(flags, 0, 4)),
      failure,
    };
  }

  /** `gss_delete_sec_context` */
  async deleteSecContext(context: Handle): Promise<void> {
    if (context !== 0n) await this.#raw('gss_delete_sec_context', this.#slot(context), null);
  }

  /** `gss_release_name` */
  async releaseName(name: Handle): Promise<void> {
    if (name !== 0n) await this.#raw('gss_release_name', this.#slot(name));
  }

  /** `gss_release_cred` */
  async releaseCredentials(credentials: Handle): Promise<void> {
    if (credentials !== 0n) await this.#raw('gss_release_cred', this.#slot(credentials));
  }

  async #call(name: GssapiFunction, ...args: NativeValue[]): Promise<void> {
    const { major, minor } = await this.#raw(name, ...args);
    if (isError(major)) throw await this.#failure(name, major, minor, null);
  }

  /** Every function of GSSAPI gives a minor status in its first argument, and returns the major one. */
  async #raw(name: GssapiFunction, ...args: NativeValue[]): Promise<{ major: number; minor: number }> {
    const minor = new Uint8Array(4);
    const major = await this.#native.library.call(name, minor, ...args);
    return { major: major >>> 0, minor: Number(readInteger(minor, 0, 4)) };
  }

  async #failure(call: string, major: number, minor: number, mechanism: Uint8Array | null): Promise<LibraryFailure> {
    const texts = await this.#texts(major, GSS.GSS_C_GSS_CODE, null);
    if (minor !== 0) texts.push(...(await this.#texts(minor, GSS.GSS_C_MECH_CODE, mechanism)));
    return new LibraryFailure({ call, major, minor, text: texts.join(': ') });
  }

  /** `gss_display_status` */
  async #texts(code: number, type: number, mechanism: Uint8Array | null): Promise<string[]> {
    const texts: string[] = [];
    const more = new Uint8Array(4);
    do {
      const output = this.#output();
      const { major } = await this.#raw('gss_display_status', code, type, mechanism, more, output);
      const text = await this.#take(output);
      if (isError(major)) break;
      // MIT counts the terminating zero in.
      if (text !== undefined) texts.push(Buffer.from(text).toString('utf8').replace(/\0+$/, ''));
    } while (readInteger(more, 0, 4) !== 0n && texts.length < TEXTS);
    return texts;
  }

  /** Copies what the library has put into a buffer, and frees it. */
  async #take(buffer: Uint8Array): Promise<Uint8Array | undefined> {
    const address = this.#buffer.read(buffer, 'value');
    const length = Number(this.#buffer.read(buffer, 'length'));
    if (address === 0n) return undefined;
    const copy = length > 0 ? this.#native.memory.read(address, length) : undefined;
    await this.#raw('gss_release_buffer', buffer);
    return copy;
  }

  #channelBindings(data: Uint8Array): Uint8Array {
    const application_data = { length: data.length, value: bytes(data) };
    return this.#bindings.make({ application_data }, this.#native.memory);
  }

  #input(value: Uint8Array): Uint8Array {
    return this.#buffer.make({ length: value.length, value: bytes(value) }, this.#native.memory);
  }

  #output(): Uint8Array {
    return this.#buffer.make({}, this.#native.memory);
  }

  #only(mechanism: Uint8Array): Uint8Array {
    return this.#oidSet.make({ count: 1, elements: mechanism }, this.#native.memory);
  }

  #store(entries: Readonly<Record<string, string>>): Uint8Array {
    const { memory } = this.#native;
    const pairs = Object.entries(entries).map(([key, value]) => ({ key: cString(key), value: cString(value) }));
    const elements = this.#keyValue.makeArray(pairs, memory);
    return this.#keyValueSet.make({ count: pairs.length, elements }, memory);
  }

  /** Memory for a handle that the library gives, takes or changes. */
  #slot(handle: Handle = 0n): Uint8Array {
    return this.#handleSlot.make({ handle }, this.#native.memory);
  }

  #handle(slot: Uint8Array): Handle {
    return this.#handleSlot.read(slot, 'handle');
  }
}

/** Bytes of their own: those of a pooled Buffer share memory with others. */
function bytes(value: Uint8Array): Uint8Array {
  return value.constructor === Uint8Array && value.byteLength === value.buffer.byteLength
    ? value
    : Uint8Array.from(value);
}

function cString(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(`${text}\0`));
}
