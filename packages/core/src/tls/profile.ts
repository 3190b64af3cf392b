import { createHash } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { caList, checkTlsOptions, contextOptions, type SelectClientCertificate, type TlsOptions } from './options.js';
import { certificatesOf, derOf } from './pem.js';
import { SessionCache } from './session-cache.js';
import { bundledAuthorities, extraAuthorities, systemAuthorities } from './trust-store.js';

/**
 * TLS options and what is made of them once: the SecureContext with its authorities, which takes tens of milliseconds,
 * and the sessions to resume.
 */
export class TlsProfile {
  readonly options: TlsOptions;
  readonly sessions = new SessionCache();
  #context: Promise<SecureContext> | undefined;
  /** Contexts with the certificates that were chosen for peers; undefined: none is to be shown. */
  readonly #chosen = new Map<string, Promise<SecureContext | undefined>>();
  #anchors: Promise<ReadonlySet<string>> | undefined;

  /**
   * @param name - what the options are called in errors, such as `tls.origin`
   * @throws TypeError for options that cannot be used.
   */
  constructor(options: TlsOptions, name: string) {
    checkTlsOptions(options, name);
    this.options = options;
  }

  /** The context of every connection of this profile; made on first use. */
  context(): Promise<SecureContext> {
    this.#context ??= isPlain(this.options) ? sharedContext(this.options) : createContext(this.options);
    return this.#context;
  }

  /** The context for connections to a peer, with the certificate that was chosen for it. */
  async contextFor(peer: string): Promise<SecureContext> {
    return (await this.#chosen.get(peer)) ?? this.context();
  }

  /** Whether the program can be asked for a certificate. */
  get isAsked(): boolean {
    return this.options.selectClientCertificate !== undefined;
  }

  /**
   * Has the certificate for a peer chosen, once; whether there is one to be shown.
   *
   * @throws what the program's callback throws; TypeError for a certificate that cannot be used.
   */
  async choose(host: string, port: number): Promise<boolean> {
    const { selectClientCertificate: select } = this.options;
    if (select === undefined) return false;
    const peer = `${host}:${port}`;
    let chosen = this.#chosen.get(peer);
    if (chosen === undefined) {
      chosen = this.#contextWith(select({ host, port }));
      this.#chosen.set(peer, chosen);
      this.sessions.delete(peer);
      chosen.catch(() => this.#chosen.delete(peer));
    }
    return (await chosen) !== undefined;
  }

  async #contextWith(answer: ReturnType<SelectClientCertificate>): Promise<SecureContext | undefined> {
    const certificate = await answer;
    if (certificate === undefined) return undefined;
    const { cert, key, passphrase, pfx } = certificate;
    const options = { ...this.options, cert, key, passphrase, pfx, selectClientCertificate: undefined };
    checkTlsOptions(options, 'the certificate that selectClientCertificate returned');
    return createContext(options);
  }

  /** Begins to make the context, so that it is there when the socket is. What goes wrong shows in `context()`. */
  prepare(): void {
    this.context().catch(() => undefined);
  }

  /** SHA-256 fingerprints of the trusted authorities, in the form of `fingerprint256`. */
  anchors(): Promise<ReadonlySet<string>> {
    this.#anchors ??= authorities(this.options).then(
      ({ bundled, added }) => new Set([...bundled, ...added].map(fingerprint)),
    );
    return this.#anchors;
  }
}

/** Whether options carry no material of their own, so that their context can be shared by all clients. */
function isPlain({ ca, cert, key, pfx }: TlsOptions): boolean {
  return ca === undefined && cert === undefined && key === undefined && pfx === undefined;
}

const sharedContexts = new Map<string, Promise<SecureContext>>();

function sharedContext(options: TlsOptions): Promise<SecureContext> {
  const { trust, minVersion, maxVersion, ciphers, sigalgs } = options;
  const key = JSON.stringify([trust ?? 'system', minVersion, maxVersion, ciphers, sigalgs]);
  let context = sharedContexts.get(key);
  if (context === undefined) {
    context = createContext(options);
    sharedContexts.set(key, context);
  }
  return context;
}

async function createContext(options: TlsOptions): Promise<SecureContext> {
  const { bundled, added } = await authorities(options);
  if (options.trust === 'none') return createSecureContext({ ...contextOptions(options), ca: added });
  const context = createSecureContext(contextOptions(options));
  if (added.length === 0) return context;
  // `ca` would replace Node's own store, and all its certificates would be parsed anew for each context: 50 ms on Node 20
  // for 166 of them. What the types call any has a method that adds to the store, at 0.3 ms each.
  const native = context.context as { addCACert?: (pem: string) => void } | undefined;
  if (typeof native?.addCACert !== 'function') {
    return createSecureContext({ ...contextOptions(options), ca: [...bundled, ...added] });
  }
  for (const pem of added) native.addCACert(pem);
  return context;
}

/** The trusted authorities in PEM, without doubles: those built into Node, and those that come in addition. */
async function authorities(options: TlsOptions) {
  const { trust = 'system' } = options;
  const [extra, system] = await Promise.all([
    // listed although Node trusts them by itself: a context of Node 20 forgets them when an authority is added
    trust === 'none' ? [] : extraAuthorities(),
    trust === 'system' ? systemAuthorities() : [],
  ]);
  const bundled = trust === 'none' ? [] : bundledAuthorities();
  const known = new Set(bundled);
  const listed = [...extra, ...system, ...caList(options).flatMap(certificatesOf)];
  return { bundled, added: [...new Set(listed.filter((pem) => !known.has(pem)))] };
}

function fingerprint(pem: string): string {
  const hex = createHash('sha256').update(derOf(pem)).digest('hex').toUpperCase();
  return hex.match(/../g)!.join(':');
}
