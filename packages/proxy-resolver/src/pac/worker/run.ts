import type { PacLookup, PacQueryKind } from '@netloom/contracts';

/** What is to be asked before a run can go on. */
export type Query = Pick<PacLookup, 'kind' | 'host'>;

/** Messages and their characters that one run may log; what is beyond is dropped. */
const MAX_MESSAGES = 200;
const MAX_MESSAGE_CHARACTERS = 64 * 1024;

/**
 * One run of a script, in as many passes as it takes until every question that it asks has an answer. A pass that
 * missed an answer is worth nothing, and what it logged is dropped.
 */
export class Run {
  readonly #limit: number;
  readonly #remembered: (key: string) => PacLookup | undefined;
  readonly #answers = new Map<string, PacLookup>();
  #asked = new Set<string>();
  #missing = new Map<string, Query>();
  #messages: string[] = [];
  #characters = 0;

  constructor(limit: number, remembered: (key: string) => PacLookup | undefined) {
    this.#limit = limit;
    this.#remembered = remembered;
  }

  beginPass(): void {
    this.#asked = new Set();
    this.#missing = new Map();
    this.#messages = [];
    this.#characters = 0;
  }

  /**
   * The answer to a question of the script. Where there is none yet, it is noted and null stands in for it. Undefined
   * when the script may ask no more.
   */
  query(kind: PacQueryKind, host: string): string | null | undefined {
    const key = lookupKey({ kind, host });
    const known = this.#answers.get(key);
    if (known === undefined && !this.#missing.has(key)) {
      if (this.#answers.size + this.#missing.size >= this.#limit) return undefined;
      const remembered = this.#remembered(key);
      if (remembered === undefined) {
        this.#missing.set(key, { kind, host });
        return null;
      }
      this.#answers.set(key, remembered);
    }
    this.#asked.add(key);
    return this.#answers.get(key)?.value ?? null;
  }

  log(message: string): void {
    this.#characters += message.length;
    if (this.#messages.length < MAX_MESSAGES && this.#characters <= MAX_MESSAGE_CHARACTERS)
      this.#messages.push(message);
  }

  answer(lookup: PacLookup): void {
    this.#answers.set(lookupKey(lookup), lookup);
  }

  /** What the pass asked and nobody has answered yet. */
  get missing(): readonly Query[] {
    return [...this.#missing.values()];
  }

  /** What the pass asked, in the order of its first questions. */
  get lookups(): readonly PacLookup[] {
    return [...this.#asked].flatMap((key) => this.#answers.get(key) ?? []);
  }

  get messages(): readonly string[] {
    return this.#messages;
  }
}

/** A key for a question. */
export const lookupKey = ({ kind, host }: Query): string => `${kind} ${host}`;
