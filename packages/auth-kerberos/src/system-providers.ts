import { gssapiProvider } from './gssapi/provider.js';
import { kerberosPackageProvider } from './kerberos-package/provider.js';
import type { ProviderName } from './options.js';
import type { NegotiateProvider } from './provider.js';
import { sspiProvider } from './sspi/provider.js';

const MAKERS = {
  gssapi: gssapiProvider,
  sspi: sspiProvider,
  kerberos: kerberosPackageProvider,
} as const satisfies Partial<Record<ProviderName, () => NegotiateProvider>>;

const made = new Map<string, NegotiateProvider>();

/** The provider of this name with default options: one for all schemes, as is the library behind it. */
export function systemProvider(name: keyof typeof MAKERS): NegotiateProvider {
  const known = made.get(name);
  if (known) return known;
  const provider = MAKERS[name]();
  made.set(name, provider);
  return provider;
}
