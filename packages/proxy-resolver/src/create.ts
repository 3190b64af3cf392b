import type { ProxyConfig } from './config.js';
import type { ProxyResolverOptions } from './options.js';
import { ConfiguredProxyResolver } from './resolver.js';

/**
 * Makes a resolver. Nothing is read, fetched or watched before the first question; nothing that it holds keeps the
 * process alive.
 *
 * @throws TypeError when the configuration or an option is wrong; it says which value and what was expected.
 * @example
 * ```ts
 * import { createProxyResolver } from '@netloom/proxy-resolver';
 *
 * const resolver = createProxyResolver({ proxyRules: 'http=proxy.test:8080;socks=socks.test' });
 * const { routes, pac, why } = await resolver.resolve(new URL('http://example.com/'));
 * console.log(pac, why.source, why.rule); // PROXY proxy.test:8080 configuration http
 * ```
 */
export function createProxyResolver(config: ProxyConfig, options: ProxyResolverOptions = {}): ConfiguredProxyResolver {
  return new ConfiguredProxyResolver(config, options);
}

/** A resolver that does what the settings of the operating system say: `createProxyResolver({ mode: 'system' })`. */
export function systemProxy(options: ProxyResolverOptions = {}): ConfiguredProxyResolver {
  return createProxyResolver({ mode: 'system' }, options);
}
