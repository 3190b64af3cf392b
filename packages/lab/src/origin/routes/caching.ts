import type { OutgoingHttpHeaders } from 'node:http';
import { type Routes, rest } from '../route.js';

const ETAG = '"v1"';
const MODIFIED = new Date(0).toUTCString();

/** Headers of `/cache/<policy>`. `?seconds=` is the lifetime of `max-age`, default 60. */
const POLICIES: Readonly<Record<string, (seconds: number) => OutgoingHttpHeaders>> = {
  'max-age': (seconds) => ({ 'cache-control': `max-age=${seconds}` }),
  private: (seconds) => ({ 'cache-control': `private, max-age=${seconds}` }),
  etag: () => ({ 'cache-control': 'no-cache', etag: ETAG }),
  'last-modified': () => ({ 'cache-control': 'no-cache', 'last-modified': MODIFIED }),
  vary: (seconds) => ({ 'cache-control': `max-age=${seconds}`, vary: 'accept-language' }),
  'no-store': () => ({ 'cache-control': 'no-store' }),
};

/** Answers to be cached. The body tells how often the origin was asked for this path and query. */
export const cachingRoutes: Routes = {
  '/cache/': (exchange, origin) => {
    const policy = POLICIES[rest(exchange, '/cache/')];
    if (!policy) return exchange.send(404, {}, `Policies: ${Object.keys(POLICIES).join(', ')}`);
    const hits = origin.hit(exchange.target);
    const headers = policy(exchange.number('seconds', 60));
    const fresh =
      (headers.etag && exchange.header('if-none-match') === headers.etag) ||
      (headers['last-modified'] && exchange.header('if-modified-since') === headers['last-modified']);
    if (fresh) return exchange.send(304, headers);
    exchange.json({ hits, language: exchange.header('accept-language') ?? null }, 200, headers);
  },
};
