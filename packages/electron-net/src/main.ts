/**
 * What Electron's main process imports as `electron/main`: the same as the package itself.
 *
 * @packageDocumentation
 */
export * from './index.js';
