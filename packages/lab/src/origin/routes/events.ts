import type { Routes } from '../route.js';

/**
 * Server-sent events. `?count=` events (default 3) after `Last-Event-ID`, then the end; `?hold=1` leaves the stream
 * open instead. `?retry=` is the ms a client waits before it comes again.
 */
export const eventRoutes: Routes = {
  '/events': (exchange) => {
    const first = Number(exchange.header('last-event-id') ?? 0) + 1;
    const retry = exchange.url.searchParams.get('retry');
    exchange.head(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    if (retry) exchange.response.write(`retry: ${retry}\n\n`);
    for (let id = first; id < first + exchange.number('count', 3); id++) {
      exchange.response.write(`id: ${id}\nevent: tick\ndata: event ${id}\n\n`);
    }
    if (!exchange.url.searchParams.has('hold')) exchange.response.end();
  },
};
