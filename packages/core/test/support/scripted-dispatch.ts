import type { Dispatcher } from 'undici';

type Controller = Dispatcher.DispatchController;
type Handler = Dispatcher.DispatchHandler;

/** An answer that {@link ScriptedDispatch} gives. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: readonly (Buffer | string)[];
  /** The body stops here with an error. */
  readonly error?: Error;
  /** Neither end nor error comes by itself. */
  readonly unfinished?: boolean;
}

/** The controller that a scripted answer comes with; tells what the layers above did with it. */
class ScriptedController implements Controller {
  aborted = false;
  paused = false;
  reason: Error | null = null;
  pauses = 0;
  readonly #handler: Handler;
  #waiting: (() => void) | undefined;

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  pause(): void {
    this.pauses += 1;
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    const go = this.#waiting;
    this.#waiting = undefined;
    go?.();
  }

  abort(reason: Error): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#handler.onResponseError?.(this, reason);
  }

  /** Resolves when data may flow. */
  flowing(): Promise<void> {
    if (!this.paused) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }
}

/** Stands in for the network: answers requests by a script and keeps what was asked. */
export class ScriptedDispatch {
  readonly requests: Dispatcher.DispatchOptions[] = [];
  readonly controllers: ScriptedController[] = [];
  readonly #answer: (request: Dispatcher.DispatchOptions, index: number) => ScriptedAnswer;

  constructor(answer: (request: Dispatcher.DispatchOptions, index: number) => ScriptedAnswer) {
    this.#answer = answer;
  }

  readonly dispatch: Dispatcher.Dispatch = (options, handler) => {
    const index = this.requests.length;
    this.requests.push(options);
    const controller = new ScriptedController(handler);
    this.controllers.push(controller);
    handler.onRequestStart?.(controller, undefined);
    if (!controller.aborted) void this.#play(this.#answer(options, index), controller, handler);
    return true;
  };

  async #play(answer: ScriptedAnswer, controller: ScriptedController, handler: Handler): Promise<void> {
    await Promise.resolve();
    if (controller.aborted) return;
    handler.onResponseStart?.(controller, answer.status ?? 200, answer.headers ?? {}, 'Scripted');
    for (const chunk of answer.body ?? []) {
      await controller.flowing();
      if (controller.aborted) return;
      handler.onResponseData?.(controller, Buffer.from(chunk));
    }
    await controller.flowing();
    if (controller.aborted || answer.unfinished) return;
    if (answer.error !== undefined) handler.onResponseError?.(controller, answer.error);
    else handler.onResponseEnd?.(controller, {});
  }
}

/** What came of a request. */
export interface Outcome {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
  readonly context: { readonly history?: URL[] } | undefined;
}

/** Sends a request and gathers the answer, as a caller with a handler of the newer style does. */
export function collect(
  dispatch: Dispatcher.Dispatch,
  options: Partial<Dispatcher.DispatchOptions> & Record<string | symbol, unknown> = {},
  onController?: (controller: Controller) => void,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let headers: Outcome['headers'] = {};
    let context: Outcome['context'];
    dispatch({ origin: 'http://a.test', path: '/', method: 'GET', ...options } as Dispatcher.DispatchOptions, {
      onRequestStart(controller, given) {
        context = given;
        onController?.(controller);
      },
      onResponseStart(_controller, givenStatus, givenHeaders) {
        status = givenStatus;
        headers = givenHeaders;
      },
      onResponseData: (_controller, chunk) => void chunks.push(chunk),
      onResponseEnd: () => resolve({ status, headers, body: Buffer.concat(chunks), context }),
      onResponseError: (_controller, error) => reject(error),
    });
  });
}
