import { gssapiProvider } from './gssapi/provider.js';
import { kerberosPackageProvider } from './kerberos-package/provider.js';
import type { ProviderName } from './options.js';
import type { NegotiateProvider } from './provider.js';
import { sspiProvider } from './sspi/provider.js';

/** Options of a provider that is given by its name; see `NegotiateOptions`. */
export interface SystemProviderOptions {
  readonly timeoutMs?: number | undefined;
  readonly isolation?: 'none' | 'process' | undefined;
}

const MAKERS = {
  gssapi: gssapiProvider,
  sspi: sspiProvider,
  kerberos: kerberosPackageProvider,
} as const satisfies Partial<Record<ProviderName, (options: SystemProviderOptions) => NegotiateProvider>>;

const shared = new Map<string, NegotiateProvider>();

/**
 * The provider of this name. With default options it is one for all schemes, as is the library behind it.
 *
 * @throws TypeError when an option is not what is expected.
 */
export function systemProvider(name: keyof typeof MAKERS, options: SystemProviderOptions): NegotiateProvider {
  const { timeoutMs, isolation } = options;
  if (timeoutMs !== undefined || isolation !== undefined) return MAKERS[name]({ timeoutMs, isolation });
  const known = shared.get(name);
  if (known) return known;
  const provider = MAKERS[name]({});
  shared.set(name, provider);
  return provider;
}
