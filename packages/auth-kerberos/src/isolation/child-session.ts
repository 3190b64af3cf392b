import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Answer, Question } from './protocol.js';

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
type Success = Extract<Answer, { step?: unknown }> | Extract<Answer, { failure: unknown }>;

interface Waiting {
  readonly resolve: (answer: Answer | undefined) => void;
}

/** One child process, from its start to its end. It keeps the program alive only while an answer is awaited. */
export class ChildSession {
  /** Resolves when the child has loaded the library; rejects with why it has not. */
  readonly loaded: Promise<void>;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #killAtExit = () => this.kill();
  #asked = 0;
  #ended = false;

  constructor(library: string | undefined, file: string | undefined) {
    this.#child = fork(file ?? installedChild(), {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // The child needs nothing of the program's own switches.
      execArgv: [],
      env: {
        ...process.env,
        // GSSAPI keeps the words for an error with the thread on which it happened.
        UV_THREADPOOL_SIZE: '1',
        ...(process.versions.electron && { ELECTRON_RUN_AS_NODE: '1' }),
      },
    });
    this.#child.unref();
    this.#child.channel?.unref();
    this.#child.on('message', (answer: Answer) => this.#settle(answer.id, answer));
    this.#child.on('error', () => this.#end());
    this.#child.on('exit', () => this.#end());
    // A child that hangs does not notice that its parent is gone.
    process.once('exit', this.#killAtExit);
    this.loaded = this.#load(library);
    this.loaded.catch(() => this.kill());
  }

  /** Whether the child has ended, and what it held is lost. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * Asks the child; undefined when it has ended.
   *
   * @throws Error when the child failed otherwise than GSSAPI does.
   */
  async ask(question: WithoutId<Question>): Promise<Success | undefined> {
    if (this.#ended) return undefined;
    const id = ++this.#asked;
    const answer = await new Promise<Answer | undefined>((resolve) => {
      this.#waiting.set(id, { resolve });
      this.#child.channel?.ref();
      this.#child.send({ ...question, id } as Question, (error) => {
        if (error) this.#settle(id, undefined);
      });
    });
    if (answer && 'error' in answer) throw new Error(answer.error);
    return answer;
  }

  /** Ends the child at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
    this.#end();
  }

  async #load(library: string | undefined): Promise<void> {
    const answer = await this.ask({ ask: 'load', library });
    if (answer === undefined) throw new Error('the process that calls GSSAPI did not start');
  }

  #settle(id: number, answer: Answer | undefined): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#child.channel?.unref();
    waiting?.resolve(answer);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    process.off('exit', this.#killAtExit);
    for (const id of [...this.#waiting.keys()]) this.#settle(id, undefined);
  }
}

/** Found by the package's own name, so that it is found from the sources, from the build and from within a bundle. */
function installedChild(): string {
  const from = typeof __filename === 'string' ? __filename : join(process.cwd(), 'index.js');
  try {
    return createRequire(from).resolve('@netloom/auth-kerberos/gssapi-child');
  } catch (error) {
    const advice = 'in a bundled program, name it with gssapiProvider({ childFile })';
    throw new Error(`the program of the process that calls GSSAPI was not found: ${advice}`, { cause: error });
  }
}
