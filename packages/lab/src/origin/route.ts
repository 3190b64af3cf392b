import type { Exchange } from '../http/exchange.js';
import type { Origin } from './origin.js';

/** Answers the requests of a path. */
export type Route = (exchange: Exchange, origin: Origin) => void | Promise<void>;

/** Paths → routes. A path that ends in `/` stands for all that begins with it. */
export type Routes = Readonly<Record<string, Route>>;

/** What follows the route's prefix in the path. */
export function rest(exchange: Exchange, prefix: string): string {
  return exchange.url.pathname.slice(prefix.length);
}
