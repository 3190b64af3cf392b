/**
 * Finds the proxies for a URL as a browser on this machine would: fixed rules, PAC scripts, WPAD, the settings of the
 * operating system or the environment.
 *
 * @packageDocumentation
 */
export type { ProxyConfig } from './config.js';
export { createProxyResolver, systemProxy } from './create.js';
export { nodeHostResolver } from './dns/node-host-resolver.js';
export type { PacOptions, ProxyResolverOptions } from './options.js';
export { type PacResolverEngineOptions, pacResolverEngine } from './pac/pac-resolver-engine.js';
export { type QuickJsEngineOptions, quickJsEngine } from './pac/quickjs-engine.js';
export type { ProxyResolution } from './resolution.js';
export type { ConfiguredProxyResolver, ProxyResolverEvents } from './resolver.js';
export type { ProxySettings, SettingsReader } from './system/settings.js';
