/**
 * The ground that the netloom packages stand on: interfaces, the error tree and parsers. No dependency, no I/O.
 *
 * @packageDocumentation
 */
export * from './auth.js';
export * from './channel-binding.js';
export * from './clock.js';
export * from './error-codes.js';
export * from './errors.js';
export { compileWildcards } from './glob.js';
export * from './host-port.js';
export * from './host-resolver.js';
export * from './host-rules.js';
export * from './ip.js';
export * from './no-proxy.js';
export * from './pac-engine.js';
export * from './parse-url.js';
export * from './proxy.js';
export * from './proxy-fallback.js';
export * from './proxy-rules.js';
export * from './proxy-uri.js';
export * from './proxy-url.js';
export * from './security-mechanism.js';
