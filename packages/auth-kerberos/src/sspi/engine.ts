import type { ContextEngine } from '../native/context-engine.js';
import { type Abi, nativeAbi } from '../native/declarations.js';
import { openLibrary } from '../native/koffi.js';
import type { Native } from '../native/library.js';
import type { ContextCredentials, ContextRequest, ContextStep } from '../provider.js';
import { SSPI, SSPI_FUNCTIONS } from './declarations.js';
import { type SecHandle, Sspi, type SspiIdentity } from './sspi.js';

interface OpenContext {
  readonly credentials: SecHandle;
  context: SecHandle | undefined;
}

/**
 * Loads SSPI.
 *
 * @throws Error that says why it cannot be used.
 */
export async function openSspi(): Promise<Native> {
  if (process.platform !== 'win32') throw new Error(`there is no SSPI on ${process.platform}`);
  const convention = process.arch === 'ia32' ? '__stdcall' : undefined;
  return openLibrary({ names: ['secur32.dll'], functions: SSPI_FUNCTIONS, convention });
}

/** Contexts of SSPI. Its calls are not to overlap: the caller sees to that. */
export class SspiEngine implements ContextEngine {
  readonly #contexts = new Map<number, OpenContext>();
  readonly #open: () => Promise<Native>;
  readonly #abi: Abi;
  #loading: Promise<Sspi> | undefined;

  /** @param open - loads the library; called once. */
  constructor(open: () => Promise<Native>, abi: Abi = nativeAbi()) {
    this.#open = open;
    this.#abi = abi;
  }

  async load(): Promise<void> {
    await this.#loaded();
  }

  async step(id: number, request: ContextRequest, token: Uint8Array | undefined): Promise<ContextStep> {
    const sspi = await this.#loaded();
    const securityPackage = request.package === 'ntlm' ? 'NTLM' : 'Negotiate';
    const open = this.#contexts.get(id) ?? {
      credentials: await sspi.acquire(securityPackage, identityOf(request.credentials)),
      context: undefined,
    };
    this.#contexts.set(id, open);
    const { context, complete, flags, ...result } = await sspi.initialise({
      ...open,
      target: `${request.spn.service}/${request.spn.host}`,
      flags: flagsOf(request),
      channelBinding: request.channelBinding?.applicationData,
      token,
    });
    open.context = context;
    return { token: result.token, complete, mutual: complete && (flags & SSPI.ISC_RET_MUTUAL_AUTH) !== 0 };
  }

  async release(id: number): Promise<void> {
    const open = this.#contexts.get(id);
    if (open === undefined) return;
    this.#contexts.delete(id);
    const sspi = await this.#loaded();
    if (open.context) await sspi.deleteContext(open.context);
    await sspi.freeCredentials(open.credentials);
  }

  #loaded(): Promise<Sspi> {
    this.#loading ??= this.#open().then((native) => new Sspi(native, this.#abi));
    return this.#loading;
  }
}

/** Windows hands a ticket on only where the KDC has marked the server OK-AS-DELEGATE, whatever is asked for. */
function flagsOf(request: ContextRequest): number {
  const delegate = request.delegation === 'never' ? 0 : SSPI.ISC_REQ_DELEGATE | SSPI.ISC_REQ_MUTUAL_AUTH;
  // NTLM knows no proof of the server.
  return request.package === 'ntlm' ? 0 : delegate | (request.mutual ? SSPI.ISC_REQ_MUTUAL_AUTH : 0);
}

/** `DOMAIN\user` is taken apart; `user@realm` is a name that Windows understands as it is. */
function identityOf(credentials: ContextCredentials): SspiIdentity | undefined {
  if (credentials.kind !== 'password') return undefined;
  const { username, password } = credentials;
  const backslash = username.indexOf('\\');
  if (backslash >= 0) return { user: username.slice(backslash + 1), domain: username.slice(0, backslash), password };
  return { user: username, domain: username.includes('@') ? '' : (credentials.domain ?? ''), password };
}
