import { type DigestAlgorithm, type DigestQop, digestHash, digestResponse } from './digest-hash.js';
import { NonceTable } from './nonces.js';
import { headerToUtf8, parseParams, quoted } from './params.js';
import type { Attempt, SchemeContext, ServerScheme, Verdict, Verifier } from './scheme.js';

/** Options of {@link digestAuth}. */
export interface DigestAuthOptions {
  /** One challenge each, in this order. Default `['MD5']`. */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** Leaves `algorithm` out of an MD5 challenge. Default false. */
  readonly omitAlgorithm?: boolean;
  /** Default `['auth']`; an empty list is the digest of RFC 2069. */
  readonly qop?: readonly DigestQop[];
  /** Asks for user names as hashes (RFC 7616, 3.4.4). Names in clear are then refused. Default false. */
  readonly userhash?: boolean;
  /** Says `charset=UTF-8`. Default true. */
  readonly charset?: boolean;
  /** Uses after which a nonce is stale. Default: never. */
  readonly staleAfter?: number;
  /** Gives a new nonce with every accepted answer. Default false. */
  readonly nextnonce?: boolean;
  /** Sends `rspauth` with every accepted answer. Default true. */
  readonly rspauth?: boolean;
  /** Value of `opaque`; a client has to return it. Default none. */
  readonly opaque?: string;
  /** Value of `domain`: URIs of the protection space. Default none. */
  readonly domain?: string;
}

/** Digest (RFC 7616 and, with `qop: []`, RFC 2069). Everything a client may get wrong is checked and refused. */
export function digestAuth(options: DigestAuthOptions = {}): ServerScheme {
  return { name: 'Digest', connectionBound: false, start: (context) => new DigestVerifier(context, options) };
}

class DigestVerifier implements Verifier {
  readonly #context: SchemeContext;
  readonly #options: DigestAuthOptions;
  readonly #algorithms: readonly DigestAlgorithm[];
  readonly #qop: readonly DigestQop[];
  readonly #nonces: NonceTable;

  constructor(context: SchemeContext, options: DigestAuthOptions) {
    this.#context = context;
    this.#options = options;
    this.#algorithms = options.algorithms ?? ['MD5'];
    this.#qop = options.qop ?? ['auth'];
    this.#nonces = new NonceTable(options.staleAfter);
  }

  challenges(): readonly string[] {
    return this.#challenges(false);
  }

  async verify(credentials: string, attempt: Attempt): Promise<Verdict> {
    const params = parseParams(credentials);
    if (!params) return rejected('malformed parameters');
    const algorithm = this.#algorithm(params.get('algorithm'));
    if (!algorithm) return rejected(`algorithm not offered: ${params.get('algorithm') ?? '(none)'}`);
    const wrong = this.#formError(params, attempt);
    if (wrong) return rejected(wrong);
    const user = this.#user(params, algorithm);
    if (user === undefined) return rejected('unknown user');

    const qop = params.get('qop') as DigestQop | undefined;
    const input = {
      algorithm,
      user,
      realm: this.#context.realm,
      password: this.#context.users[user]!,
      nonce: params.get('nonce')!,
      uri: headerToUtf8(params.get('uri')!),
      ...(qop && { qop, nc: params.get('nc')!, cnonce: headerToUtf8(params.get('cnonce')!) }),
      ...(algorithm.endsWith('-sess') && { cnonce: headerToUtf8(params.get('cnonce') ?? '') }),
    };
    const body = qop === 'auth-int' ? { body: await attempt.body() } : {};
    const expected = digestResponse({ ...input, method: attempt.method, ...body });
    if (params.get('response')!.toLowerCase() !== expected) return rejected('wrong response: password or computation');

    // Only now, so that a wrong answer does not use up a count.
    const use = qop
      ? this.#nonces.use(input.nonce, Number.parseInt(input.nc!, 16))
      : this.#nonces.useUncounted(input.nonce);
    if (use !== 'fresh') return { ...rejected(`nonce ${use}`), challenges: this.#challenges(true) };
    return { result: 'ok', user, info: (answer) => this.#info(input, answer) };
  }

  #challenges(stale: boolean): string[] {
    const { omitAlgorithm, userhash, charset = true, opaque, domain } = this.#options;
    return this.#algorithms.map((algorithm) =>
      [
        `Digest realm=${quoted(this.#context.realm)}`,
        domain !== undefined && `domain=${quoted(domain)}`,
        `nonce=${quoted(this.#nonces.issue())}`,
        opaque !== undefined && `opaque=${quoted(opaque)}`,
        stale && 'stale=true',
        !(omitAlgorithm && algorithm === 'MD5') && `algorithm=${algorithm}`,
        this.#qop.length > 0 && `qop=${quoted(this.#qop.join(', '))}`,
        charset && 'charset=UTF-8',
        userhash && 'userhash=true',
      ]
        .filter(Boolean)
        .join(', '),
    );
  }

  #algorithm(name = 'MD5'): DigestAlgorithm | undefined {
    return this.#algorithms.find((offered) => offered.toLowerCase() === name.toLowerCase());
  }

  /** What is wrong with the parameters themselves, before anything is computed. */
  #formError(params: ReadonlyMap<string, string>, attempt: Attempt): string | undefined {
    const { opaque } = this.#options;
    if (headerToUtf8(params.get('realm') ?? '') !== this.#context.realm) return 'other realm';
    if (!params.get('nonce')) return 'no nonce';
    if (!/^[0-9a-f]+$/i.test(params.get('response') ?? '')) return 'no response';
    if (!targets(attempt).includes(headerToUtf8(params.get('uri') ?? ''))) return 'uri is not the request target';
    if (opaque !== undefined && params.get('opaque') !== opaque) return 'opaque was not returned';
    const qop = params.get('qop');
    if (qop === undefined) return this.#qop.length > 0 ? 'no qop' : undefined;
    if (!this.#qop.includes(qop as DigestQop)) return `qop not offered: ${qop}`;
    if (!/^[0-9a-f]{8}$/i.test(params.get('nc') ?? '')) return 'nc is not eight hex digits';
    if (!params.get('cnonce')) return 'no cnonce';
    return undefined;
  }

  #user(params: ReadonlyMap<string, string>, algorithm: DigestAlgorithm): string | undefined {
    const { realm, users } = this.#context;
    const hashed = params.get('userhash') === 'true';
    if (hashed !== (this.#options.userhash ?? false)) return undefined;
    const extended = params.get('username*');
    const given = extended === undefined ? headerToUtf8(params.get('username') ?? '') : decodeExtended(extended);
    return Object.keys(users).find((user) =>
      hashed ? digestHash(algorithm, `${user}:${realm}`) === given : user === given,
    );
  }

  #info(input: Parameters<typeof rspauth>[0], answer: Buffer | undefined): string | undefined {
    const { nextnonce, rspauth: proves = true } = this.#options;
    const { qop, nc, cnonce } = input;
    // The proof of an auth-int answer covers its body, which is not known when a stream's head is sent.
    const proof = proves && (qop !== 'auth-int' || answer) ? rspauth(input, answer) : undefined;
    const parts = [
      nextnonce && `nextnonce=${quoted(this.#nonces.issue())}`,
      proof !== undefined && `rspauth=${quoted(proof)}`,
      proof !== undefined &&
        qop &&
        `qop=${qop}, nc=${nc}, cnonce=${quoted(Buffer.from(cnonce!, 'utf8').toString('latin1'))}`,
    ].filter(Boolean);
    return parts.length > 0 ? parts.join(', ') : undefined;
  }
}

function rspauth(input: Omit<Parameters<typeof digestResponse>[0], 'method'>, body: Buffer | undefined): string {
  return digestResponse({ ...input, method: '', ...(body && { body }) });
}

/** What `uri` may be: the target as sent. Browsers give a proxy the path alone where the target is an absolute URL. */
function targets({ uri, target }: Attempt): readonly string[] {
  if (target === 'server' || !/^https?:\/\//i.test(uri)) return [uri];
  const { pathname, search } = new URL(uri);
  return [uri, pathname + search];
}

/** `UTF-8''J%C3%BCrgen` (RFC 8187). */
function decodeExtended(value: string): string | undefined {
  const match = /^utf-8'[^']*'(.*)$/i.exec(value);
  if (!match) return undefined;
  try {
    return decodeURIComponent(match[1]!);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

const rejected = (reason: string) => ({ result: 'rejected', reason }) as const;
