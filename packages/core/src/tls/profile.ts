import { createHash } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { caList, checkTlsOptions, contextOptions, type TlsOptions } from './options.js';
import { certificatesOf, derOf, isReadable } from './pem.js';
import { SessionCache } from './session-cache.js';
import { nodeAuthorities, systemAuthorities } from './trust-store.js';

/**
 * TLS options and what is made of them once: the SecureContext with its authorities, which takes tens of milliseconds,
 * and the sessions to resume.
 */
export class TlsProfile {
  readonly options: TlsOptions;
  readonly sessions = new SessionCache();
  #context: Promise<SecureContext> | undefined;
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

  /** Begins to make the context, so that it is there when the socket is. What goes wrong shows in `context()`. */
  prepare(): void {
    this.context().catch(() => undefined);
  }

  /** SHA-256 fingerprints of the trusted authorities, in the form of `fingerprint256`. */
  anchors(): Promise<ReadonlySet<string>> {
    this.#anchors ??= trusted(this.options).then((pems) => new Set(pems.map(fingerprint)));
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
  const { trust = 'system' } = options;
  const ca = await trusted(options);
  // Without `ca` a context uses Node's own store, which all contexts share; a list is parsed anew for each context.
  const own = trust !== 'none' && ca.length === (await nodeAuthorities()).length;
  return createSecureContext(own ? contextOptions(options) : { ...contextOptions(options), ca: [...ca] });
}

/** The trusted authorities in PEM, without doubles. */
async function trusted(options: TlsOptions): Promise<readonly string[]> {
  const { trust = 'system' } = options;
  const [byNode, bySystem] = await Promise.all([
    trust === 'none' ? [] : nodeAuthorities(),
    trust === 'system' ? systemAuthorities() : [],
  ]);
  const known = new Set(byNode);
  const added = [
    ...bySystem.filter((pem) => !known.has(pem) && isReadable(pem)),
    ...caList(options).flatMap(certificatesOf),
  ];
  return [...new Set([...byNode, ...added])];
}

function fingerprint(pem: string): string {
  const hex = createHash('sha256').update(derOf(pem)).digest('hex').toUpperCase();
  return hex.match(/../g)!.join(':');
}
