import type { Kerberos, KerberosClient } from 'kerberos';
import { kerberosError } from '../errors.js';
import { type CallQueue, CallsSuspended, processQueue } from '../native/call-queue.js';
import { loadInstalled } from '../native/load-installed.js';
import { suspendedError, timeoutOf } from '../native/provider.js';
import type { ContextRequest, ContextStep, NegotiateProvider, SecurityContext } from '../provider.js';

/** Options of {@link kerberosPackageProvider}. */
export interface KerberosPackageProviderOptions {
  /**
   * How long the library may take for one step, and how long a step waits for its turn, in milliseconds, from 1 on.
   * After that the provider is unavailable for 60 s. Default 10 000.
   */
  readonly timeoutMs?: number | undefined;
}

/** The numbers are the same in GSSAPI and SSPI. */
const FLAGS = { mutual: 2, never: 0, 'ok-as-delegate': 1, always: 1 } as const;

/**
 * Negotiate by the npm package `kerberos`, if the program has it. That package knows no channel bindings, and a password
 * on Windows only; and it cannot leave it to the KDC which servers a ticket is handed on to, so elsewhere than on
 * Windows it is not asked to.
 *
 * @throws TypeError when an option is not what is expected.
 *
 * @example
 * ```ts
 * import { kerberosPackageProvider, negotiate } from '@netloom/auth-kerberos';
 *
 * const scheme = negotiate({ providers: [kerberosPackageProvider()] });
 * ```
 */
export function kerberosPackageProvider(options: KerberosPackageProviderOptions = {}): NegotiateProvider {
  return new KerberosPackageProvider(loadPackage, timeoutOf(options.timeoutMs));
}

/** The provider with its package given. */
export class KerberosPackageProvider implements NegotiateProvider {
  readonly name = 'kerberos';
  readonly #load: () => Promise<Kerberos>;
  readonly #timeoutMs: number;
  readonly #platform: NodeJS.Platform;
  readonly #queue: CallQueue;
  #loading: Promise<Kerberos> | undefined;

  constructor(
    load: () => Promise<Kerberos>,
    timeoutMs: number,
    platform: NodeJS.Platform = process.platform,
    queue: CallQueue = processQueue,
  ) {
    this.#load = load;
    this.#timeoutMs = timeoutMs;
    this.#platform = platform;
    this.#queue = queue;
  }

  supports(request: ContextRequest): boolean {
    if (request.package !== 'negotiate' || request.channelBinding !== undefined) return false;
    const isWindows = this.#platform === 'win32';
    if (request.delegation === 'ok-as-delegate' && !isWindows) return false;
    return request.credentials.kind === 'ambient' || (isWindows && request.credentials.kind === 'password');
  }

  async unavailable(): Promise<string | undefined> {
    return this.#loaded().then(
      () => this.#queue.suspended(),
      (error: Error) => error.message,
    );
  }

  initialise(request: ContextRequest): SecurityContext {
    let client: KerberosClient | undefined;
    let disposed = false;
    const service = `${request.spn.service}${this.#platform === 'win32' ? '/' : '@'}${request.spn.host}`;
    const step = async (token: Uint8Array | undefined): Promise<ContextStep> => {
      const kerberos = await this.#loaded();
      client ??= await kerberos.initializeClient(service, {
        mechOID: kerberos.GSS_MECH_OID_SPNEGO,
        gssFlags: (request.mutual ? FLAGS.mutual : 0) | FLAGS[request.delegation],
        ...userOf(request),
      });
      const answer = await client.step(token ? Buffer.from(token).toString('base64') : '');
      const complete = client.contextComplete;
      // The package does not tell the flags of a context: one that was to be mutual is not complete before it is.
      return {
        token: answer ? Uint8Array.from(Buffer.from(answer, 'base64')) : undefined,
        complete,
        mutual: complete && request.mutual,
      };
    };
    return {
      step: async (token, signal) => {
        if (disposed) throw new TypeError('the context has been disposed of');
        try {
          return await this.#queue.run(() => step(token), { timeoutMs: this.#timeoutMs, signal });
        } catch (error) {
          if (error instanceof CallsSuspended) throw suspendedError(error.message);
          if (signal.aborted) throw error;
          const text = error instanceof Error ? error.message : String(error);
          throw kerberosError({ provider: this.name, text, spn: service, credentials: request.credentials.kind });
        }
      },
      dispose: () => {
        disposed = true;
        // The package frees a context when its object is collected.
        client = undefined;
      },
    };
  }

  #loaded(): Promise<Kerberos> {
    this.#loading ??= this.#load();
    return this.#loading;
  }
}

function userOf({ credentials }: ContextRequest) {
  if (credentials.kind !== 'password') return {};
  const { username, password, domain } = credentials;
  return { user: username, password, ...(domain !== undefined && { domain }) };
}

const loadPackage = async () => loadInstalled<Kerberos>('kerberos');
