import { basicAuth } from '../../auth/basic.js';
import { bearerAuth } from '../../auth/bearer.js';
import { boundAuth } from '../../auth/bound.js';
import { digestAuth } from '../../auth/digest.js';
import type { ServerScheme } from '../../auth/scheme.js';
import { type Routes, rest } from '../route.js';
import { echoRoutes } from './echo.js';

const SCHEMES: Readonly<Record<string, () => ServerScheme>> = {
  basic: () => basicAuth(),
  digest: () => digestAuth({ algorithms: ['SHA-256', 'MD5'] }),
  bound: () => boundAuth(),
  bearer: () => bearerAuth(),
};

/** Paths that ask for a sign-in whatever the origin itself asks. */
export const protectedRoutes: Routes = {
  '/auth/': async (exchange, origin) => {
    const name = rest(exchange, '/auth/').split('/')[0]!;
    const scheme = SCHEMES[name];
    if (!scheme) return exchange.send(404, {}, `Schemes: ${Object.keys(SCHEMES).join(', ')}`);
    if (await origin.admitTo(name, () => ({ schemes: [scheme()] }), exchange))
      await echoRoutes['/echo']!(exchange, origin);
  },
  /** Asks for a sign-in at once, while the body of the request still comes. */
  '/early-401': async (exchange, origin) => {
    const auth = () => ({ schemes: [basicAuth()], early: true });
    if (await origin.admitTo('early', auth, exchange)) await echoRoutes['/echo']!(exchange, origin);
  },
  /** An origin that answers as only a proxy may. */
  '/proxy-auth': async (exchange) => {
    await exchange.drain();
    exchange.send(407, { 'proxy-authenticate': 'Basic realm="not a proxy"' }, 'An origin says 407');
  },
};
