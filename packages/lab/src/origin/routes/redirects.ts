import { type Routes, rest } from '../route.js';

/** Redirects: one, a chain, a loop, and one that only a cookie ends. */
export const redirectRoutes: Routes = {
  '/redirect': async (exchange) => {
    await exchange.drain();
    const location = exchange.url.searchParams.get('to') ?? '/echo';
    exchange.send(exchange.number('status', 302), { location: Buffer.from(location).toString('latin1') }, 'elsewhere');
  },
  '/redirects/': (exchange) => {
    const left = Number(rest(exchange, '/redirects/'));
    exchange.send(302, { location: left > 1 ? `/redirects/${left - 1}` : '/echo' });
  },
  '/loop': (exchange) => exchange.send(302, { location: '/loop' }),
  '/bounce': (exchange) => {
    if (/(^|;\s*)bounced=1/.test(exchange.header('cookie') ?? '')) return exchange.send(200, {}, 'bounced');
    exchange.send(302, { location: '/bounce', 'set-cookie': 'bounced=1; Path=/' });
  },
};
