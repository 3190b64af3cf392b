import type { IncomingMessage } from 'node:http';
import { WebSocketServer } from 'ws';
import type { Exchange } from '../http/exchange.js';

/** A WebSocket that sends back what it gets, text as text and binary as binary. */
export class WebSocketEcho {
  readonly #server = new WebSocketServer({ noServer: true, clientTracking: false });

  /** Takes the socket of an upgrade request over. */
  accept({ request, response, raw }: Exchange): void {
    if (!raw) throw new Error('A WebSocket needs an upgrade request');
    response.detachSocket(raw.socket as never);
    this.#server.handleUpgrade(request as IncomingMessage, raw.socket, raw.head, (webSocket) => {
      webSocket.on('message', (data, binary) => webSocket.send(data, { binary }));
    });
  }
}
