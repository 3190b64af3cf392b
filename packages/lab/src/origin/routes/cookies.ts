import type { Routes } from '../route.js';

/** Cookies: set them by name, set any line, see what comes back. */
export const cookieRoutes: Routes = {
  '/cookies': (exchange) => {
    const pairs = (exchange.header('cookie') ?? '').split(/;\s*/).filter(Boolean);
    exchange.json(Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2))));
  },
  /** `?name=value&…`: one cookie each, for `Path=/`. */
  '/cookies/set': (exchange) => {
    const lines = [...exchange.url.searchParams].map(([name, value]) => `${name}=${value}; Path=/`);
    exchange.send(200, { 'set-cookie': lines }, 'set');
  },
  /** `?line=…`: whole `Set-Cookie` lines. */
  '/cookies/raw': (exchange) => exchange.send(200, { 'set-cookie': exchange.url.searchParams.getAll('line') }, 'set'),
};
