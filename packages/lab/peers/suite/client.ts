import { readFileSync } from 'node:fs';
import type { AuthAsk, Identity } from '@netloom/contracts';
import { type Client, createClient } from '@netloom/core';
import { FILES, PEOPLE } from '../testbed/layout.js';
import { availableSchemes } from './capabilities.js';
import { CONNECTIONS } from './economy.js';
import type { ProxyPeer } from './proxies.js';
import type { Credentials, Row } from './table.js';

const WRONG = 'not-the-password';

/** A client for one row, and the questions that it asked. */
export interface RowClient {
  readonly client: Client;
  readonly asked: AuthAsk[];
}

/** Makes a client as a user would: all schemes, a provider, and the CAs of the peers. */
export function clientFor({ proxy, origin, credentials }: Row): RowClient {
  const asked: AuthAsk[] = [];
  const client = createClient({
    auth: availableSchemes().filter(({ name }) => !origin.leaves?.includes(name)),
    limits: { perOrigin: CONNECTIONS },
    ...(proxy && { proxy: proxyUrl(proxy, credentials) }),
    tls: { ca: readFileSync(proxy?.inspectsWith ?? FILES.ca) },
    proxyTls: { ca: readFileSync(FILES.ca) },
    ...(credentials !== 'missing' && {
      credentials: async (ask: AuthAsk) => {
        asked.push(ask);
        return ask.attempt === 1 ? identity(ask.target === 'proxy' ? 'proxy' : 'origin', credentials) : undefined;
      },
    }),
  });
  return { client, asked };
}

function proxyUrl({ url, credentialsInUrl }: ProxyPeer, credentials: Credentials): string {
  if (!credentialsInUrl || credentials === 'missing') return url;
  const { username, password } = identity('proxy', credentials);
  return url.replace('://', `://${username}:${encodeURIComponent(password)}@`);
}

function identity(person: keyof typeof PEOPLE, credentials: Exclude<Credentials, 'missing'>): Identity {
  return credentials === 'right' ? PEOPLE[person] : { ...PEOPLE[person], password: WRONG };
}
