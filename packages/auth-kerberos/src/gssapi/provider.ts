import { IsolatedEngine } from '../isolation/isolated-engine.js';
import { CallQueue, processQueue } from '../native/call-queue.js';
import { NativeProvider, timeoutOf } from '../native/provider.js';
import type { NegotiateProvider } from '../provider.js';
import { GssapiEngine } from './engine.js';
import { openGssapi } from './libraries.js';

/** Options of {@link gssapiProvider}. */
export interface GssapiProviderOptions {
  /**
   * File name or path of the library. Default: GSS.framework on macOS, `libgssapi_krb5.so.2` (MIT) and then
   * `libgssapi.so.3` (Heimdal) elsewhere.
   */
  readonly library?: string | undefined;
  /**
   * How long the library may take for one step, and how long a step waits for its turn, in milliseconds, from 1 on.
   * After that the provider is unavailable for 60 s. Default 10 000.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Where the library is called: `none` on a thread of this process, where a call that hangs delays the end of the
   * program; `process` in a child, which is killed then. Default `none`.
   */
  readonly isolation?: 'none' | 'process' | undefined;
  /**
   * Path of the child's program, `dist/gssapi-child.mjs` of this package. To be given in a bundled program, which does
   * not find it by the package's name.
   */
  readonly childFile?: string | undefined;
}

/**
 * Kerberos in SPNEGO tokens by the system's GSSAPI (RFC 2743, RFC 4178), called through koffi: ambient tickets, a
 * password, a keytab or a named credential cache, with channel bindings.
 *
 * @throws TypeError when an option is not what is expected.
 *
 * @example
 * ```ts
 * import { gssapiProvider, negotiate } from '@netloom/auth-kerberos';
 *
 * const scheme = negotiate({ providers: [gssapiProvider({ isolation: 'process', timeoutMs: 5_000 })] });
 * ```
 */
export function gssapiProvider(options: GssapiProviderOptions = {}): NegotiateProvider {
  const { library, isolation = 'none', childFile } = options;
  if (library !== undefined && (typeof library !== 'string' || library === '')) {
    throw new TypeError('library: expected the file name or path of a GSSAPI library');
  }
  const common = {
    name: 'gssapi',
    timeoutMs: timeoutOf(options.timeoutMs),
    supports: (request) => request.package === 'negotiate',
  } as const satisfies Partial<ConstructorParameters<typeof NativeProvider>[0]>;
  if (isolation === 'process') {
    const engine = new IsolatedEngine({ library, childFile });
    return new NativeProvider({ ...common, engine, queue: new CallQueue(), onTimeout: () => engine.kill() });
  }
  if (isolation !== 'none') throw new TypeError(`isolation: expected "none" or "process", got ${String(isolation)}`);
  return new NativeProvider({ ...common, engine: new GssapiEngine(() => openGssapi(library)), queue: processQueue });
}
