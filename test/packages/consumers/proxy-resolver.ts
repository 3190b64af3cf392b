import { type HostResolver, isNetError, type PacEngine } from '@netloom/contracts';
import { createClient } from '@netloom/core';
import {
  type ConfiguredProxyResolver,
  createProxyResolver,
  nodeHostResolver,
  type ProxyConfig,
  type ProxyResolverOptions,
  pacResolverEngine,
  quickJsEngine,
  systemProxy,
} from '@netloom/proxy-resolver';

const config: ProxyConfig = { mode: 'pac_script', pacScript: 'http://wpad.test/proxy.pac', pacMandatory: true };
const hostResolver: HostResolver = { lookup: (name, options) => nodeHostResolver.lookup(name, options) };
const engines: readonly PacEngine[] = [quickJsEngine({ workerFile: 'pac-worker.mjs' }), pacResolverEngine()];
const options: ProxyResolverOptions = { hostResolver, pac: { engine: engines[0], limits: { runTime: 100 } } };

export const client = createClient({ proxy: systemProxy() });

export async function ask(url: URL, signal: AbortSignal): Promise<string> {
  const resolver: ConfiguredProxyResolver = createProxyResolver(config, options);
  resolver.on('change', ({ source }) => console.log(source));
  resolver.on('problem', ({ code }) => console.log(code));
  try {
    const { routes, pac, why, settle } = await resolver.resolve(url, { signal });
    return [routes[0]?.proxy?.host, pac, why.source, typeof settle].join(' ');
  } catch (error) {
    if (!isNetError(error)) throw error;
    return error.code;
  } finally {
    resolver.close();
  }
}
