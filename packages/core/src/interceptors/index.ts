/**
 * The layers of netloom's pipeline, one by one: undici interceptors, each usable alone.
 *
 * @packageDocumentation
 */
export { decode } from './decode.js';
export { type EntryOptions, entry } from './entry.js';
export {
  type OnRedirect,
  type RedirectHop,
  type RedirectMode,
  type RedirectOptions,
  type RedirectRequestOptions,
  redirect,
} from './redirect.js';
