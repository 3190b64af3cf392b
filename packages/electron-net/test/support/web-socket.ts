import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll } from 'vitest';
import { type WebSocket as Peer, type ServerOptions, WebSocketServer } from 'ws';
import type { WebSocket, WebSocketCloseEvent, WebSocketErrorEvent, WebSocketMessageEvent } from '../../src/index.js';

const TYPES = ['open', 'message', 'error', 'close'] as const;

/** Notes the events of a WebSocket in their order, each with what it tells. */
export function recorded(socket: WebSocket): string[] {
  const events: string[] = [];
  const note = (event: Event) => {
    const { data } = event as WebSocketMessageEvent;
    const { message } = event as WebSocketErrorEvent;
    const { code, reason, wasClean } = event as WebSocketCloseEvent;
    const detail = { open: [], message: [data], error: [message], close: [code, reason, wasClean] }[event.type] ?? [];
    events.push([event.type, ...detail, `(${socket.readyState})`].join(' '));
  };
  for (const type of TYPES) socket.addEventListener(type, note);
  return events;
}

/** The next event of a type. */
export function next<E extends Event = Event>(socket: WebSocket, type: (typeof TYPES)[number]): Promise<E> {
  return new Promise((resolve) => socket.addEventListener(type, resolve as never, { once: true }));
}

/** Waits until a WebSocket has closed, and a little longer: nothing may come after it. */
export async function closed(socket: WebSocket): Promise<void> {
  if (socket.readyState !== socket.CLOSED) await next(socket, 'close');
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

/** Servers whose side of each WebSocket is in the hands of the test. */
export function useServers() {
  const ends: (() => void)[] = [];
  afterAll(() => {
    for (const end of ends) end();
  });
  return {
    /** A server of the WebSocket protocol; resolves with its URL. */
    async webSocket(
      onPeer: (peer: Peer, request: IncomingMessage) => void,
      options: ServerOptions = {},
    ): Promise<string> {
      const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...options });
      server.on('connection', onPeer);
      await once(server, 'listening');
      ends.push(() => {
        server.close();
        for (const client of server.clients) client.terminate();
      });
      return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    /** A server that answers a handshake with whatever the test writes. */
    async raw(onUpgrade: (socket: Socket, request: IncomingMessage) => void): Promise<string> {
      const server = createServer((_request, response) => response.end());
      const sockets = new Set<Socket>();
      server.on('connection', (socket) => sockets.add(socket));
      server.on('upgrade', (request, socket) => {
        socket.on('error', () => undefined);
        onUpgrade(socket as Socket, request);
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      ends.push(() => {
        server.close();
        for (const socket of sockets) socket.destroy();
      });
      return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
  };
}
