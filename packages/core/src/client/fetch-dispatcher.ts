import type { Dispatcher } from 'undici';

/** What RequestInit lacks under the DOM library, whose type hides Node's; Node's `fetch` takes it all the same. */
type DispatcherOption = typeof globalThis extends { onmessage: unknown }
  ? { dispatcher?: Dispatcher }
  : Record<never, never>;

declare global {
  interface RequestInit extends DispatcherOption {}
}

/**
 * An undici Dispatcher that the built-in `fetch` accepts too. Its types are those of the undici inside of Node, which
 * `@types/node` describes: 6 for Node 20 and 22, 7 for Node 24; each differs a little from the undici that we use.
 */
export type FetchDispatcher = Dispatcher &
  (RequestInit extends { dispatcher?: infer Accepted } ? NonNullable<Accepted> : unknown);
