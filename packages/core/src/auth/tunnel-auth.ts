import type { TunnelAuth, TunnelHeaders } from '../connect/types.js';
import type { AuthConnection } from './connection.js';
import type { AuthController } from './controller.js';
import type { ResponseHeaders } from './endpoint.js';

/**
 * Signs the CONNECT requests of one transaction in by a proxy's controller. What cannot be signed in rejects with
 * `ERR_PROXY_AUTH_REQUESTED`, or `ERR_PROXY_AUTH_UNSUPPORTED` when no scheme can be used: a proxy's page is never shown
 * in place of the origin's.
 */
export function tunnelAuth(controller: AuthController): TunnelAuth {
  let current: AuthConnection | undefined;
  return {
    async header(connection, signal) {
      current = connection;
      return controller.header(connection, signal);
    },
    async challenged(headers, connection, signal) {
      const reply = controller.challenged(407, toRecord(headers), connection, signal);
      const next = await reply?.next;
      if (reply === undefined || next === 'deliver') throw controller.error();
      return reply.hold ? 'same' : 'any';
    },
    async succeeded(status, headers, connection) {
      await controller.finished(status, toRecord(headers), connection);
    },
    restart: () => current !== undefined && controller.lost(current),
  };
}

function toRecord(headers: TunnelHeaders): ResponseHeaders {
  const record: Record<string, string[]> = Object.create(null);
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase();
    record[name] ??= [];
    record[name].push(headers[i + 1]!);
  }
  return record;
}
