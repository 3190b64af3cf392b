import type { ContextEngine } from '../native/context-engine.js';
import type { Abi } from '../native/declarations.js';
import type { Native } from '../native/library.js';
import { LibraryFailure } from '../native/library-failure.js';
import type { ContextRequest, ContextStep } from '../provider.js';
import { type Acquired, Credentials } from './credentials.js';
import { GSS, OIDS } from './declarations.js';
import { Gssapi, type Handle } from './gssapi.js';
import { gssapiAbi } from './libraries.js';
import { isKerberosCode } from './status.js';

interface OpenContext {
  readonly credentials: Acquired;
  readonly target: Handle;
  context: Handle;
  failed: boolean;
}

const DELEGATION = {
  never: 0,
  'ok-as-delegate': GSS.GSS_C_DELEG_POLICY_FLAG,
  always: GSS.GSS_C_DELEG_FLAG,
} as const;

/** Contexts of GSSAPI in this process. Its calls are not to overlap: the caller sees to that. */
export class GssapiEngine implements ContextEngine {
  readonly #contexts = new Map<number, OpenContext>();
  readonly #open: () => Promise<Native>;
  readonly #abi: Abi;
  #loading: Promise<Loaded> | undefined;

  /** @param open - loads the library; called once. */
  constructor(open: () => Promise<Native>, abi: Abi = gssapiAbi()) {
    this.#open = open;
    this.#abi = abi;
  }

  async load(): Promise<void> {
    await this.#loaded();
  }

  async step(id: number, request: ContextRequest, token: Uint8Array | undefined): Promise<ContextStep> {
    const loaded = await this.#loaded();
    const open = this.#contexts.get(id);
    if (open) return this.#advance(loaded, open, request, token);
    try {
      return await this.#begin(loaded, id, request, loaded.spnego);
    } catch (error) {
      if (!(error instanceof LibraryFailure) || isKerberosCode(error.status.minor)) throw error;
      await this.release(id);
      // SPNEGO hides why Kerberos failed. Where Kerberos alone succeeds, servers take it as it is.
      return this.#begin(loaded, id, request, loaded.krb5);
    }
  }

  async release(id: number): Promise<void> {
    const open = this.#contexts.get(id);
    if (open === undefined) return;
    this.#contexts.delete(id);
    const { gssapi } = await this.#loaded();
    await gssapi.deleteSecContext(open.context);
    await gssapi.releaseName(open.target);
    await open.credentials.giveBack(open.failed);
  }

  #loaded(): Promise<Loaded> {
    this.#loading ??= this.#open().then((native) => new Loaded(new Gssapi(native, this.#abi)));
    return this.#loading;
  }

  async #begin(loaded: Loaded, id: number, request: ContextRequest, mechanism: Uint8Array): Promise<ContextStep> {
    const { gssapi } = loaded;
    const { service, host } = request.spn;
    const credentials = await loaded.credentials.acquire(request.credentials, mechanism);
    let target: Handle;
    try {
      target = await gssapi.importName(`${service}@${host}`, loaded.hostBasedService);
    } catch (error) {
      await credentials.giveBack(false);
      throw error;
    }
    const open: OpenContext = { credentials, target, context: 0n, failed: false };
    this.#contexts.set(id, open);
    return this.#advance(loaded, open, request, undefined);
  }

  async #advance(
    { gssapi }: Loaded,
    open: OpenContext,
    request: ContextRequest,
    token: Uint8Array | undefined,
  ): Promise<ContextStep> {
    const binding = request.channelBinding?.applicationData;
    const { context, failure, complete, flags, ...result } = await gssapi.initSecContext({
      credentials: open.credentials.handle,
      context: open.context,
      target: open.target,
      mechanism: open.credentials.mechanism,
      flags:
        (request.mutual ? GSS.GSS_C_MUTUAL_FLAG : 0) |
        DELEGATION[request.delegation] |
        (binding ? GSS.GSS_C_CHANNEL_BOUND_FLAG : 0),
      channelBinding: binding,
      token,
    });
    open.context = context;
    open.failed = failure !== undefined;
    if (failure) throw failure;
    return { token: result.token, complete, mutual: complete && (flags & GSS.GSS_C_MUTUAL_FLAG) !== 0 };
  }
}

/** The library, and what it is given again and again. */
class Loaded {
  readonly credentials: Credentials;
  readonly spnego: Uint8Array;
  readonly krb5: Uint8Array;
  readonly hostBasedService: Uint8Array;

  constructor(readonly gssapi: Gssapi) {
    this.spnego = gssapi.oid(OIDS.spnego);
    this.krb5 = gssapi.oid(OIDS.krb5);
    this.hostBasedService = gssapi.oid(OIDS.hostBasedService);
    const { spnego, krb5 } = this;
    this.credentials = new Credentials(gssapi, { spnego, krb5, userName: gssapi.oid(OIDS.userName) });
  }
}
