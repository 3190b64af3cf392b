import type { Dispatcher } from 'undici';
import { assertOneOf, show } from './check.js';

/** The layers a request goes through, from the outside in, and so the positions at which a user's own can stand. */
export const LAYERS = ['entry', 'redirect', 'cookies', 'decode', 'cache', 'sign-in', 'route', 'pool'] as const;

/** Name of a layer. */
export type LayerName = (typeof LAYERS)[number];

/** One layer: takes what is below it and returns a dispatch function, as undici's interceptors do. */
export type Layer = Dispatcher.DispatcherComposeInterceptor;

/** A layer of a user's own and its position. */
export type PlacedLayer =
  | { readonly before: Exclude<LayerName, 'entry'>; readonly layer: Layer }
  | { readonly after: Exclude<LayerName, 'pool'>; readonly layer: Layer };

/** netloom's own layers; those that a client does not use are undefined. */
export type OwnLayers = Readonly<Record<Exclude<LayerName, 'pool'>, Layer | undefined>>;

/**
 * Puts the layers on top of the pool, in the one order there is:
 *
 * ```text
 * entry → redirect → cookies → decode → cache → sign-in → route → pool
 * ```
 *
 * @param own - netloom's layers.
 * @param placed - a user's layers; several at one position stand in the order given, the first one outermost.
 * @param pool - what is below all layers.
 * @throws TypeError when a user's layer or its position is not one.
 */
export function assemble(
  own: OwnLayers,
  placed: readonly PlacedLayer[],
  pool: Dispatcher.Dispatch,
): Dispatcher.Dispatch {
  for (const item of placed) checkPlaced(item);
  const outsideIn = LAYERS.flatMap((name) => [
    ...placed.filter((item) => 'before' in item && item.before === name).map(({ layer }) => layer),
    name === 'pool' ? undefined : own[name],
    ...placed.filter((item) => 'after' in item && item.after === name).map(({ layer }) => layer),
  ]);
  return outsideIn.reduceRight<Dispatcher.Dispatch>(
    (below, layer) => (layer === undefined ? below : composed(layer, below)),
    pool,
  );
}

function composed(layer: Layer, below: Dispatcher.Dispatch): Dispatcher.Dispatch {
  const dispatch = layer(below);
  if (typeof dispatch === 'function') return dispatch;
  throw new TypeError(`a layer has to return a dispatch function (options, handler) => boolean; got ${show(dispatch)}`);
}

function checkPlaced(item: PlacedLayer): void {
  if (typeof item !== 'object' || item === null || typeof item.layer !== 'function') {
    throw new TypeError('layers have to be objects { before or after: name, layer: (dispatch) => dispatch }');
  }
  const { before, after } = item as { before?: unknown; after?: unknown };
  if ((before === undefined) === (after === undefined))
    throw new TypeError('a layer has to have either before or after');
  assertOneOf('before', before, LAYERS.slice(1));
  assertOneOf('after', after, LAYERS.slice(0, -1));
}
