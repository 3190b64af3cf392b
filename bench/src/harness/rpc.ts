/** Calls between processes over the channel that Node gives to children. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

/** An error of the other process; `name` is that of the error there. */
class RemoteError extends Error {
  constructor({ name, message }: { readonly name: string; readonly message: string }) {
    super(message);
    this.name = name;
  }
}

/** The functions that a child offers. */
export type Functions = Readonly<Record<string, (argument: never) => unknown>>;

/** Answers the parent's calls, and ends with the parent. */
export function serve(functions: Functions): void {
  process.on('message', async ({ id, name, argument }: Call) => {
    try {
      process.send?.({ id, result: await functions[name]?.(argument as never) } satisfies Reply);
    } catch (error) {
      const { name: kind, message } = error instanceof Error ? error : new Error(String(error));
      const { cause } = error as Error;
      const text = cause instanceof Error ? `${message}: ${cause.message}` : message;
      process.send?.({ id, error: { name: kind, message: text } } satisfies Reply);
    }
  });
  process.once('disconnect', () => process.exit());
}

/** The parent's side: calls the functions of a child. */
export class Remote<F extends Functions> {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #count = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', ({ id, result, error }: Reply) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) waiting?.reject(new RemoteError(error));
      else waiting?.resolve(result);
    });
    child.once('error', (error) => this.#fail(error));
    child.once('exit', (code, signal) => this.#fail(new Error(`A measured process ended with ${signal ?? code}`)));
  }

  call<N extends keyof F & string>(name: N, argument: Parameters<F[N]>[0]): Promise<Awaited<ReturnType<F[N]>>> {
    const id = ++this.#count;
    const reply = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#child.send({ id, name, argument } satisfies Call);
    return reply as Promise<Awaited<ReturnType<F[N]>>>;
  }

  /** Ends the child. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
