import type { AuthContext, Challenge, Identity } from '@netloom/contracts';
import { systemClock } from '@netloom/contracts';

export const alice: Identity = { username: 'LAB\\alice', password: 'wonderland' };
export const never = new AbortController().signal;

/** A context of a sign-in at `http://server/`, but for what is said otherwise. */
export function contextOf(changes: Partial<AuthContext> = {}): AuthContext {
  return {
    target: 'server',
    protocol: 'http:',
    host: 'server',
    port: 80,
    realm: '',
    identity: alice,
    service: 'HTTP',
    hostResolver: {
      lookup: async (hostname) => {
        throw new Error(`NTLM looks up no name, but asked for ${hostname}`);
      },
    },
    clock: systemClock,
    channelBinding: undefined,
    ...changes,
  };
}

/** The challenge that a field value such as `NTLM TlRM…` holds. */
export function challengeOf(text: string): Challenge {
  const [scheme = '', token68] = text.split(' ');
  return { scheme: scheme.toLowerCase(), params: [], text, token68 };
}

/** The challenge that carries these bytes. */
export function challengeWith(token: Uint8Array): Challenge {
  return challengeOf(`NTLM ${Buffer.from(token).toString('base64')}`);
}

export const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
export const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');
