/**
 * What Electron's processes import as `electron/common`. Nothing of it can be had in a plain Node process; the error is
 * what says so.
 *
 * @packageDocumentation
 */
export * from './absent/common-exports.js';
export { NotInNodeError } from './absent/not-in-node-error.js';
