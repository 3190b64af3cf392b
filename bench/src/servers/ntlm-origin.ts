import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { NtlmAcceptor } from '@netloom/lab';

/** Where the type of an NTLM message stands. */
const TYPE_OFFSET = 8;

/**
 * An origin that asks for NTLM and believes every answer: some contestants make messages that the lab's own servers
 * refuse, such as names that are not in Unicode.
 */
export function ntlmOrigin(body: Buffer): Server {
  const signedIn = new WeakSet<Socket>();
  return createServer((request, response) => {
    request.resume();
    const message = messageOf(request);
    if (message?.readUInt32LE(TYPE_OFFSET) === 3) signedIn.add(request.socket);
    if (message?.readUInt32LE(TYPE_OFFSET) === 1) {
      challenge(response, `NTLM ${new NtlmAcceptor().challenge(message).toString('base64')}`);
    } else if (signedIn.has(request.socket)) {
      response.end(body);
    } else {
      challenge(response, 'NTLM');
    }
  });
}

function challenge(response: ServerResponse, text: string): void {
  response.writeHead(401, { 'www-authenticate': text, 'content-length': 0 });
  response.end();
}

function messageOf({ headers }: IncomingMessage): Buffer | undefined {
  const token = /^NTLM (.+)$/i.exec(headers.authorization ?? '')?.[1];
  return token === undefined ? undefined : Buffer.from(token, 'base64');
}
