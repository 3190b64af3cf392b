import { processQueue } from '../native/call-queue.js';
import { NativeProvider, timeoutOf } from '../native/provider.js';
import type { ContextRequest, NegotiateProvider } from '../provider.js';
import { openSspi, SspiEngine } from './engine.js';

/** Options of {@link sspiProvider}. */
export interface SspiProviderOptions {
  /**
   * How long the library may take for one step, and how long a step waits for its turn, in milliseconds, from 1 on.
   * After that the provider is unavailable for 60 s. Default 10 000.
   */
  readonly timeoutMs?: number | undefined;
}

/**
 * Kerberos and NTLM by Windows' own SSPI (secur32.dll), called through koffi: the logged-in user or a password, with
 * channel bindings, for `Negotiate` and for the bare scheme `NTLM`.
 *
 * @throws TypeError when an option is not what is expected.
 *
 * @example
 * ```ts
 * import { negotiate, sspiProvider } from '@netloom/auth-kerberos';
 *
 * const scheme = negotiate({ providers: [sspiProvider({ timeoutMs: 5_000 })] });
 * ```
 */
export function sspiProvider(options: SspiProviderOptions = {}): NegotiateProvider {
  return new NativeProvider({
    name: 'sspi',
    engine: new SspiEngine(openSspi),
    queue: processQueue,
    timeoutMs: timeoutOf(options.timeoutMs),
    supports: supportsCredentials,
  });
}

function supportsCredentials({ credentials }: ContextRequest): boolean {
  return credentials.kind === 'ambient' || credentials.kind === 'password';
}
