import { randomUUID } from 'node:crypto';
import { basicAuth } from '../auth/basic.js';
import { Guard, type Refusal } from '../auth/guard.js';
import type { Attempt, AuthTarget } from '../auth/scheme.js';
import type { ChallengeFault } from '../faults/fault.js';
import type { FaultPlan } from '../faults/plan.js';
import type { Connection } from '../server/connection.js';
import type { LabServer } from '../server/lab-server.js';
import { cut } from './answer-faults.js';
import type { Exchange } from './exchange.js';

const HEADERS = {
  server: { status: 401, challenge: 'www-authenticate', info: 'authentication-info' },
  proxy: { status: 407, challenge: 'proxy-authenticate', info: 'proxy-authentication-info' },
} as const;
const PAGE = '<!doctype html><title>Sign in</title><p>This server of the lab wants to know who you are.</p>\n';

/** Puts a guard's judgement onto the wire: challenges, counters, and the faults of a sign-in. */
export class SignIn {
  #anonymous: Guard | undefined;

  constructor(
    private readonly server: LabServer,
    private readonly faults: FaultPlan,
  ) {}

  /** Lets a request in, or answers it with a challenge. */
  async admit(exchange: Exchange, guard: Guard): Promise<boolean> {
    const { connection } = exchange;
    const admission = await guard.admit(attemptOf(exchange, guard.target));
    if (!admission.admitted) {
      this.#recordRefusal(admission, connection);
      await this.#challenge(exchange, guard, admission);
      return false;
    }
    exchange.user = admission.user;
    const { scheme, verdict } = admission;
    if (!scheme || !verdict) return true;
    const { options, target } = guard;
    if (verdict.info) {
      exchange.authenticationInfo = verdict.info;
      exchange.infoHeader = HEADERS[target].info;
    }
    const { response } = exchange;
    if (verdict.finalChallenge !== undefined) response.setHeader(HEADERS[target].challenge, verdict.finalChallenge);
    if (guard.isConnectionBound(scheme)) {
      this.server.stats.handshakes++;
      if (options.announcePersistence) response.setHeader('persistent-auth', String(options.persist ?? true));
    }
    this.server.record({ type: 'authenticated', connection: connection.id, scheme, user: admission.user });
    return true;
  }

  /** A challenge whatever the request brings. */
  async challengeAnyway(
    how: ChallengeFault['challenge'],
    target: AuthTarget,
    exchange: Exchange,
    guard: Guard | undefined,
  ): Promise<void> {
    this.#anonymous ??= new Guard(target, { schemes: [basicAuth()], users: { [randomUUID()]: randomUUID() } });
    const judge = guard ?? this.#anonymous;
    const challenges = { none: [], unknown: ['Riddle realm="lab", question="who"'] };
    await this.#challenge(exchange, judge, {
      ...judge.offer(attemptOf(exchange, target)),
      ...(how !== 'forever' && { challenges: challenges[how], schemes: how === 'none' ? [] : ['Riddle'] }),
    });
  }

  #recordRefusal({ rejected }: Refusal, connection: Connection): void {
    if (!rejected) return;
    if (rejected.crossSocket) this.server.stats.crossSocket++;
    const { scheme, reason } = rejected;
    this.server.record({ type: 'rejected', connection: connection.id, scheme, reason });
  }

  async #challenge(exchange: Exchange, guard: Guard, refused: Refusal): Promise<void> {
    const { connection, response, isHttp2, target } = exchange;
    const { early = false, body } = guard.options;
    const fault = this.faults.active
      ? this.faults.take(refused.continues ? 'round' : 'challenge', connection, target)
      : undefined;
    const unread = fault?.kind === 'unread-upload' ? fault : undefined;
    connection.deaf = unread !== undefined && isUploadOver(unread.over ?? 64 * 1024, exchange);
    if (!early && !connection.deaf) await exchange.drain();
    if (response.destroyed) return;

    const { status, challenge } = HEADERS[guard.target];
    const announced =
      (!refused.continues && guard.closesAfterChallenge()) || (fault && 'announce' in fault && fault.announce);
    const headers = {
      'content-type': 'text/html; charset=utf-8',
      ...(refused.challenges.length > 0 && { [challenge]: [...refused.challenges] }),
      ...(announced && !isHttp2 && { connection: 'close' }),
      ...(unread?.server !== undefined && { server: unread.server }),
    };
    this.server.stats.rounds++;
    this.server.record({ type: 'challenge', connection: connection.id, status, schemes: refused.schemes });
    if (fault && (!unread || connection.deaf)) this.server.played(fault, connection);
    if (fault?.kind === 'close' || fault?.kind === 'reset') response.once('finish', () => cut(fault.kind, exchange));
    else if (announced && isHttp2) closeAfter(exchange);

    const page = body?.bytes === undefined ? PAGE : PAGE.padEnd(body.bytes, '.').slice(0, body.bytes);
    if (!body?.chunked) return exchange.send(status, headers, page);
    exchange.head(status, headers);
    for (let at = 0; at < page.length; at += 1000) response.write(page.slice(at, at + 1000));
    response.end();
  }
}

function isUploadOver(bytes: number, exchange: Exchange): boolean {
  return exchange.header('transfer-encoding') !== undefined || Number(exchange.header('content-length') ?? 0) > bytes;
}

function attemptOf(exchange: Exchange, target: AuthTarget): Attempt {
  const { method, target: uri, connection } = exchange;
  return {
    target,
    method,
    uri,
    connection,
    certificate: connection.certificate,
    header: (name) => exchange.header(name),
    body: () => exchange.body(),
  };
}

/** What `Connection: close` is to HTTP/1.1. */
function closeAfter({ http2Stream, response }: Exchange): void {
  const session = http2Stream?.session;
  response.once('finish', () => session?.close());
}
