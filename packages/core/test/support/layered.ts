import { Agent, Dispatcher } from 'undici';
import { onTestFinished } from 'vitest';

/** A dispatcher made of a dispatch function: handlers come to it as the caller made them, which `compose` does not do. */
class Layered extends Dispatcher {
  readonly #dispatch: Dispatcher.Dispatch;

  constructor(dispatch: Dispatcher.Dispatch) {
    super();
    this.#dispatch = dispatch;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return this.#dispatch(options, handler);
  }
}

/** Layers, the outermost first, over undici's Agent or another dispatch function. For the running test. */
export function layered(
  layers: readonly Dispatcher.DispatcherComposeInterceptor[],
  below?: Dispatcher.Dispatch,
): Dispatcher {
  return new Layered(layers.reduceRight((dispatch, layer) => layer(dispatch), below ?? agentDispatch()));
}

function agentDispatch(): Dispatcher.Dispatch {
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  return (options, handler) => agent.dispatch(options, handler);
}
