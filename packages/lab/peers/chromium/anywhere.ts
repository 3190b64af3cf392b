import { X509Certificate } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { selfSigned } from '../../src/pki/authority.js';

/** How a connection was used: as one to a proxy of this scheme, or as one to the origin itself. */
export type Use = 'http' | 'https' | 'socks4' | 'socks5' | 'direct';

/** A connection that a browser made. */
export interface Contact {
  readonly use: Use;
  /** Address and port that the browser connected to. */
  readonly address: string;
  readonly port: number;
  /** Host name of the origin that it wanted. */
  readonly host: string;
}

const TLS_HANDSHAKE = 0x16;
const NO_CONTENT = 'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n';

/**
 * A server that is every host of its network at once: it takes whatever protocol comes, as proxy or as origin, lets it
 * succeed, and reports how it was used. Needs a network namespace in which every address is local.
 */
export class Anywhere {
  readonly contacts: Contact[] = [];
  readonly #servers: Server[] = [];

  private constructor(
    /** Its certificate, for a browser that is to trust it. */
    readonly certificate: X509Certificate,
    private readonly tls: SecureContext,
  ) {}

  /** Listens on these ports of all addresses. */
  static async listen(ports: Iterable<number>): Promise<Anywhere> {
    const pair = await selfSigned({ commonName: 'anywhere', names: ['anywhere'] });
    const anywhere = new Anywhere(new X509Certificate(pair.cert), createSecureContext(pair));
    await Promise.all([...ports].map((port) => anywhere.#listen(port)));
    return anywhere;
  }

  close(): void {
    for (const server of this.#servers) server.close();
  }

  #listen(port: number): Promise<void> {
    const server = createServer((socket) => this.#serve(socket, socket, false));
    this.#servers.push(server);
    return new Promise((resolve, reject) => server.once('error', reject).listen(port, '::', resolve));
  }

  /**
   * Reads the first message of a layer.
   *
   * @param use - how the connection is used, once a layer further out has told.
   */
  #serve(socket: Socket, layer: Duplex, encrypted: boolean, use?: Use): void {
    // A browser that is ending, or dropping a spare connection, resets: nothing that this server has to tell.
    layer.on('error', () => layer.destroy());
    layer.once('data', (first: Buffer) => {
      if (first[0] === TLS_HANDSHAKE) {
        layer.pause();
        layer.unshift(first);
        const tls = new TLSSocket(layer, { isServer: true, secureContext: this.tls });
        this.#serve(socket, tls, true, use);
      } else if (first[0] === 4) {
        layer.write(Buffer.from([0, 90, 0, 0, 0, 0, 0, 0]));
        this.#serve(socket, layer, encrypted, 'socks4');
      } else if (first[0] === 5) {
        this.#greetSocks5(socket, layer);
      } else {
        this.#answer(socket, layer, first.toString('latin1'), encrypted, use);
      }
    });
  }

  #greetSocks5(socket: Socket, layer: Duplex): void {
    layer.write(Buffer.from([5, 0]));
    layer.once('data', () => {
      layer.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
      this.#serve(socket, layer, false, 'socks5');
    });
  }

  #answer(socket: Socket, layer: Duplex, head: string, encrypted: boolean, use?: Use): void {
    const [method = '', target = ''] = head.split(' ', 2);
    const asProxy = method === 'CONNECT' || /^[a-z]+:\/\//.test(target);
    const authority = asProxy ? target.replace(/^[a-z]+:\/\//, '') : (/^host: *(\S+)/im.exec(head)?.[1] ?? '');
    const found = use ?? (asProxy ? (encrypted ? 'https' : 'http') : 'direct');
    const host = new URL(`http://${authority}`).hostname.replace(/^\[|\]$/g, '');
    const address = socket.localAddress!.replace(/^::ffff:/, '');
    this.contacts.push({ use: found, address, port: socket.localPort!, host });

    if (method === 'CONNECT') {
      layer.write('HTTP/1.1 200 OK\r\n\r\n');
      this.#serve(socket, layer, false, found);
    } else {
      layer.end(NO_CONTENT);
    }
  }
}
