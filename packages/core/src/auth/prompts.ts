import { AsyncLocalStorage } from 'node:async_hooks';
import { type AuthAsk, AuthError, type CredentialsProvider } from '@netloom/contracts';
import { orAbort } from './abort.js';
import type { SignInIdentity } from './identity.js';
import { OpenQuestion } from './open-question.js';

/** What the user is to be asked. */
export type Question = Omit<AuthAsk, 'signal' | 'onProved'>;

/** What the user answered. */
export interface Answer {
  readonly identity: SignInIdentity;
  /** To be called when the peer has accepted the identity; only the first call counts. */
  proved(): void;
}

/** The questions in whose answering some code takes part; see {@link Prompts.context}. */
export type PromptContext = readonly OpenQuestion<Answer | undefined>[];

/** Code that takes part in no answer. */
const NO_CONTEXT: PromptContext = [];

/**
 * Tells which questions the running code helps to answer. Where a provider itself sends requests, they may meet the very
 * question that it is answering, and would wait for it for ever.
 */
export class Answering {
  readonly #storage = new AsyncLocalStorage<PromptContext>();
  #running = 0;

  /** The questions that the running code helps to answer; none outside of a provider. */
  get context(): PromptContext {
    return this.#running === 0 ? NO_CONTEXT : (this.#storage.getStore() ?? NO_CONTEXT);
  }

  /** Runs code that answers questions. */
  async run<T>(context: PromptContext, answer: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await this.#storage.run(context, answer);
    } finally {
      this.#running -= 1;
      // Following the asynchronous context costs every promise of the program, so it ends with the last question.
      if (this.#running === 0) this.#storage.disable();
    }
  }
}

/**
 * Asks a credentials provider. Whoever has the same question while it is open shares the answer, and a question is taken
 * back only when the last who waits for it has gone.
 */
export class Prompts {
  readonly #provider: CredentialsProvider;
  readonly #answering: Answering;
  readonly #open = new Map<string, OpenQuestion<Answer | undefined>>();

  /** @param answering - shared by all providers of a client, since one may use requests that ask another. */
  constructor(provider: CredentialsProvider, answering = new Answering()) {
    this.#provider = provider;
    this.#answering = answering;
  }

  /** The questions that the running code helps to answer; none outside of a provider. */
  get context(): PromptContext {
    return this.#answering.context;
  }

  /**
   * Asks, or joins those who have asked the same. Resolves with undefined when the user gave up, or when the answer
   * depends on the request that asks.
   *
   * @param key - same key, same question.
   * @param context - {@link Prompts.context} of the code that made the request.
   * @throws AuthError `ERR_INVALID_AUTH_CREDENTIALS` when the provider fails or does not return an identity.
   * @throws the signal's reason when it fires.
   */
  async ask(key: string, question: Question, context: PromptContext, signal: AbortSignal): Promise<Answer | undefined> {
    signal.throwIfAborted();
    const open = this.#open.get(key) ?? this.#begin(key, question, context);
    if (open.dependsOn(context)) return undefined;
    open.join(context);
    try {
      return await orAbort(open.answer, signal);
    } finally {
      if (open.leave(context, signal.reason)) this.#close(key, open);
    }
  }

  #begin(key: string, question: Question, context: PromptContext): OpenQuestion<Answer | undefined> {
    const open = new OpenQuestion<Answer | undefined>((self) => this.#answer(key, self, question, context));
    this.#open.set(key, open);
    return open;
  }

  async #answer(
    key: string,
    open: OpenQuestion<Answer | undefined>,
    question: Question,
    context: PromptContext,
  ): Promise<Answer | undefined> {
    const proof = new Proof();
    const ask: AuthAsk = { ...question, signal: open.signal, onProved: (callback) => proof.add(callback) };
    try {
      const answer: unknown = await this.#answering.run([...context, open], async () => this.#provider(ask));
      const identity = checkAnswer(answer);
      return identity && { identity, proved: () => proof.found() };
    } catch (cause) {
      const detail = cause instanceof BadAnswer ? cause.message : 'the credentials provider failed';
      throw new AuthError('ERR_INVALID_AUTH_CREDENTIALS', { url: question.url, detail, cause });
    } finally {
      this.#close(key, open);
    }
  }

  #close(key: string, open: OpenQuestion<Answer | undefined>): void {
    if (this.#open.get(key) === open) this.#open.delete(key);
  }
}

/** Tells once that an identity has proved right. */
class Proof {
  #callbacks: (() => void)[] = [];
  #found = false;

  add(callback: () => void): void {
    if (typeof callback !== 'function') throw new TypeError(`onProved expects a function, not ${typeof callback}`);
    if (this.#found) tell(callback);
    else this.#callbacks.push(callback);
  }

  found(): void {
    if (this.#found) return;
    this.#found = true;
    for (const callback of this.#callbacks.splice(0)) tell(callback);
  }
}

/** A program whose keychain is broken still gets its response. */
function tell(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}

class BadAnswer extends TypeError {}

function checkAnswer(answer: unknown): SignInIdentity | undefined {
  if (answer === undefined || answer === 'ambient') return answer;
  const { username, password, domain, ntHash } = Object(answer) as Record<string, unknown>;
  const isOptionalText = (value: unknown) => value === undefined || typeof value === 'string';
  if (
    typeof username === 'string' &&
    typeof password === 'string' &&
    isOptionalText(domain) &&
    isOptionalText(ntHash)
  ) {
    const optional = { ...(domain !== undefined && { domain }), ...(ntHash !== undefined && { ntHash }) };
    return { username, password, ...optional } as SignInIdentity;
  }
  const given =
    typeof answer === 'object' && answer !== null
      ? `an object with username of type ${typeof username}, password of type ${typeof password}, domain of type ${typeof domain} and ntHash of type ${typeof ntHash}`
      : String(answer === null ? answer : `a ${typeof answer}`);
  throw new BadAnswer(
    `the credentials provider returned ${given}; expected { username, password, domain?, ntHash? } with strings, 'ambient' or undefined`,
  );
}
