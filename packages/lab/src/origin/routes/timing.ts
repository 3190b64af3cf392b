import { setTimeout as sleep } from 'node:timers/promises';
import type { Routes } from '../route.js';

/** Answers that come late, in part, or never. */
export const timingRoutes: Routes = {
  '/slow': async (exchange) => {
    await Promise.all([exchange.drain(), sleep(exchange.number('ms', 100), undefined, { ref: false })]);
    exchange.send(200, { 'content-type': 'text/plain' }, 'slow');
  },
  '/hang': (exchange) => exchange.drain(),
  '/stall': async (exchange, origin) => {
    await exchange.drain();
    exchange.head(200, { 'content-type': 'text/plain' });
    exchange.response.write('a part, ');
    await origin.released();
    exchange.response.end('the rest');
  },
};
