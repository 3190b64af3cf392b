import type { Connection } from '../server/connection.js';
import { NtlmAcceptor, type NtlmAcceptorOptions } from './ntlm-acceptor.js';
import type { ServerScheme, Verdict } from './scheme.js';

/** Options of {@link ntlmAuth}. */
export interface NtlmAuthOptions extends NtlmAcceptorOptions {
  /** The first so many answers are refused by a bare challenge, as if the server had forgotten its own. Default 0. */
  readonly forgets?: number;
}

const REMEMBERED = 1000;

/**
 * NTLM with NTLMv2 only. As deployed proxies do: a Negotiate message in the middle of a sign-in ends it with a bare
 * challenge. An answer to the challenge of another connection is refused and counted in `stats.crossSocket`.
 */
export function ntlmAuth(options: NtlmAuthOptions = {}): ServerScheme {
  return {
    name: 'NTLM',
    connectionBound: true,
    start({ users }) {
      let { forgets = 0 } = options;
      const pending = new WeakMap<Connection, NtlmAcceptor>();
      /** Also those of connections that are gone: their answers must be recognised on another one. */
      const issued: { readonly acceptor: NtlmAcceptor; readonly connection: Connection }[] = [];

      const begin = (negotiate: Buffer, connection: Connection): Verdict => {
        const acceptor = new NtlmAcceptor(options);
        const token = acceptor.challenge(negotiate).toString('base64');
        pending.set(connection, acceptor);
        issued.push({ acceptor, connection });
        if (issued.length > REMEMBERED) issued.shift();
        return { result: 'continue', challenge: `NTLM ${options.challengeFault === 'not-base64' ? '!!!!' : token}` };
      };
      const isOfAnother = (message: Buffer, connection: Connection, certificate: Buffer | undefined) =>
        issued.some((other) => {
          if (other.connection === connection) return false;
          try {
            return other.acceptor.accept(message, users, certificate) !== undefined;
          } catch {
            // Not an answer to this one: the next is tried.
            return false;
          }
        });

      return {
        challenges: () => ['NTLM'],
        verify(credentials, { connection, certificate }): Verdict {
          const message = Buffer.from(credentials, 'base64');
          const acceptor = pending.get(connection);
          pending.delete(connection);
          try {
            if (acceptor === undefined && message[8] === 1) return begin(message, connection);
            if (acceptor !== undefined && forgets-- > 0) throw new Error('the challenge was forgotten');
            if (acceptor === undefined) throw new Error('no challenge was given to this connection');
            return { result: 'ok', user: acceptor.accept(message, users, certificate).user };
          } catch (error) {
            const crossSocket = isOfAnother(message, connection, certificate);
            return { result: 'rejected', reason: (error as Error).message, crossSocket };
          }
        },
      };
    },
  };
}
