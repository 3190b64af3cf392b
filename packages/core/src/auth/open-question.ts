/** A question that several wait for. It is withdrawn when nobody does any more. */
export class OpenQuestion<T> {
  readonly answer: Promise<T>;
  readonly #controller = new AbortController();
  /** Questions whose answering waits for this one's, and the reverse below. */
  readonly #waitsFor: OpenQuestion<T>[] = [];
  #waiting = 0;
  #answered = false;

  /** @param ask - begins to answer; called at once. */
  constructor(ask: (self: OpenQuestion<T>) => Promise<T>) {
    this.answer = ask(this).finally(() => {
      this.#answered = true;
    });
    // Those who wait handle a failure. When all have gone there is nobody to tell.
    this.answer.catch(() => undefined);
  }

  /** Fires when nobody waits for the answer any more. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether this question can be answered only after one of the given ones. */
  dependsOn(questions: readonly OpenQuestion<T>[]): boolean {
    return questions.includes(this) || this.#waitsFor.some((question) => question.dependsOn(questions));
  }

  /** Begins to wait, on behalf of the questions in whose answering the one who waits takes part. */
  join(context: readonly OpenQuestion<T>[]): void {
    this.#waiting += 1;
    for (const question of context) question.#waitsFor.push(this);
  }

  /** Ends to wait; true when the question was withdrawn by that. */
  leave(context: readonly OpenQuestion<T>[], reason: unknown): boolean {
    this.#waiting -= 1;
    for (const question of context) question.#waitsFor.splice(question.#waitsFor.indexOf(this), 1);
    if (this.#answered || this.#waiting > 0) return false;
    this.#controller.abort(reason);
    return true;
  }
}
