import type { Connection } from '../server/connection.js';
import type { Attempt, AuthTarget, ServerScheme, Verdict, Verifier } from './scheme.js';

/** What a server asks of those who use it. */
export interface AuthOptions {
  /** Offered in this order. */
  readonly schemes: readonly ServerScheme[];
  /** User → password. Default {@link DEFAULT_USERS}. */
  readonly users?: Readonly<Record<string, string>>;
  /** Default `lab`. */
  readonly realm?: string;
  /**
   * Whether a sign-in of a connection-bound scheme holds for the rest of its connection (the default), or every request
   * has to be signed in.
   */
  readonly persist?: boolean;
  /** Says `Persistent-Auth: true` or `false` (as `persist` is) in accepted answers of connection-bound schemes. */
  readonly announcePersistence?: boolean;
  /** Closes the connection after every challenge that begins a sign-in, or after the first so many; says so. */
  readonly closeAfterChallenge?: boolean | number;
  /** Sends challenges while the request's body still comes, instead of after it. Default false. */
  readonly early?: boolean;
  /** Challenges of several schemes on a line each (the default), or joined by commas in one line. */
  readonly lines?: 'separate' | 'joined';
  /** Body of 401 and 407. Default: a short page with `Content-Length`. */
  readonly body?: { readonly bytes?: number; readonly chunked?: boolean };
}

/** Users of a server that names none. */
export const DEFAULT_USERS: Readonly<Record<string, string>> = { alice: 'wonderland', jürgen: 'päßword' };

/** A request may pass. */
export interface Pass {
  readonly admitted: true;
  readonly user: string;
  /** Absent where an earlier sign-in of the connection holds. */
  readonly scheme?: string;
  readonly verdict?: Extract<Verdict, { result: 'ok' }>;
}

/** A request has to be answered with a challenge. */
export interface Refusal {
  readonly admitted: false;
  /** Values of `WWW-Authenticate` or `Proxy-Authenticate`. */
  readonly challenges: readonly string[];
  /** Schemes offered, or the one that goes on. */
  readonly schemes: readonly string[];
  /** A conversation is under way: this is not its first challenge. */
  readonly continues: boolean;
  readonly rejected?: { readonly scheme: string; readonly reason: string; readonly crossSocket: boolean };
}

/** Whether a request may pass. */
export type Admission = Pass | Refusal;

/** Judges requests by the schemes of one server; knows nothing of sending. */
export class Guard {
  readonly options: AuthOptions;
  readonly #schemes: readonly { readonly scheme: ServerScheme; readonly verifier: Verifier }[];
  readonly #signedIn = new WeakMap<Connection, string>();
  #challengesToClose: number;

  constructor(
    readonly target: AuthTarget,
    options: AuthOptions,
  ) {
    this.options = options;
    const { users = DEFAULT_USERS, realm = 'lab', closeAfterChallenge = false } = options;
    if (options.schemes.length === 0) throw new TypeError('auth.schemes is empty: name a scheme or leave auth out');
    this.#schemes = options.schemes.map((scheme) => ({ scheme, verifier: scheme.start({ target, realm, users }) }));
    this.#challengesToClose = closeAfterChallenge === true ? Number.POSITIVE_INFINITY : Number(closeAfterChallenge);
  }

  /** The user a connection-bound sign-in has made this connection belong to. */
  signedIn(connection: Connection): string | undefined {
    return this.#signedIn.get(connection);
  }

  /** Whether the connection is to be closed after the challenge that is about to be sent; counts it. */
  closesAfterChallenge(): boolean {
    return this.#challengesToClose-- > 0;
  }

  async admit(attempt: Attempt): Promise<Admission> {
    const { persist = true } = this.options;
    const known = persist ? this.#signedIn.get(attempt.connection) : undefined;
    // As deployed proxies do: once a connection is signed in, what else it sends is not looked at.
    if (known !== undefined) return { admitted: true, user: known };

    const header = attempt.header(this.target === 'proxy' ? 'proxy-authorization' : 'authorization');
    if (header === undefined) return this.offer(attempt);
    const [, name = '', credentials = ''] = /^\s*(\S+)\s*(.*?)\s*$/.exec(header) ?? [];
    const entry = this.#schemes.find(({ scheme }) => scheme.name.toLowerCase() === name.toLowerCase());
    if (!entry) return this.offer(attempt, { scheme: name, reason: 'scheme not offered', crossSocket: false });

    const { scheme, verifier } = entry;
    const verdict = await verifier.verify(credentials, attempt);
    if (verdict.result === 'ok') {
      if (scheme.connectionBound && persist) this.#signedIn.set(attempt.connection, verdict.user);
      return { admitted: true, user: verdict.user, scheme: scheme.name, verdict };
    }
    if (verdict.result === 'continue') {
      return { admitted: false, challenges: [verdict.challenge], schemes: [scheme.name], continues: true };
    }
    const { reason, crossSocket = false, challenges } = verdict;
    return this.offer(attempt, { scheme: scheme.name, reason, crossSocket }, verifier, challenges);
  }

  /** Whether a scheme of this name is bound to the connection. */
  isConnectionBound(name: string): boolean {
    return this.#schemes.some(({ scheme }) => scheme.name === name && scheme.connectionBound);
  }

  /** The challenges for a request without (acceptable) credentials. */
  offer(
    attempt: Attempt,
    rejected?: { scheme: string; reason: string; crossSocket: boolean },
    of?: Verifier,
    instead?: readonly string[],
  ): Refusal {
    const challenges = this.#schemes.flatMap(({ verifier }) =>
      verifier === of && instead ? instead : verifier.challenges(attempt),
    );
    return {
      admitted: false,
      challenges: this.options.lines === 'joined' ? [challenges.join(', ')] : challenges,
      schemes: this.#schemes.map(({ scheme }) => scheme.name),
      continues: false,
      ...(rejected && { rejected }),
    };
  }
}
