import type { Dispatcher } from 'undici';
import { describe, expect, test } from 'vitest';
import { assemble, LAYERS, type Layer, type OwnLayers, type PlacedLayer } from './pipeline.js';

/** A layer that writes its name down on the way in. */
function recorded(name: string, way: string[]): Layer {
  return (dispatch) => (options, handler) => {
    way.push(name);
    return dispatch(options, handler);
  };
}

function pass(placed: (way: string[]) => PlacedLayer[]): string[] {
  const way: string[] = [];
  const own = Object.fromEntries(LAYERS.filter((name) => name !== 'pool').map((name) => [name, recorded(name, way)]));
  const pool: Dispatcher.Dispatch = () => {
    way.push('pool');
    return true;
  };
  assemble(own as unknown as OwnLayers, placed(way), pool)({ path: '/', method: 'GET' }, {});
  return way;
}

describe('assemble', () => {
  test('goes from the outside in', () => {
    expect(pass(() => [])).toEqual([...LAYERS]);
  });

  test.each(LAYERS.slice(1))('a layer stands before %s', (name) => {
    const way = pass((names) => [{ before: name as 'pool', layer: recorded('mine', names) }]);
    expect(way.indexOf('mine')).toBe(way.indexOf(name) - 1);
  });

  test.each(LAYERS.slice(0, -1))('a layer stands after %s', (name) => {
    const way = pass((names) => [{ after: name as 'entry', layer: recorded('mine', names) }]);
    expect(way.indexOf('mine')).toBe(way.indexOf(name) + 1);
  });

  test('several at one place stand in their order', () => {
    const way = pass((names) => [
      { before: 'route', layer: recorded('first', names) },
      { before: 'route', layer: recorded('second', names) },
    ]);
    expect(way.slice(way.indexOf('first'), way.indexOf('route') + 1)).toEqual(['first', 'second', 'route']);
  });

  test.each([
    [{ layer: (dispatch: unknown) => dispatch }, 'either before or after'],
    [{ before: 'route', after: 'entry', layer: (dispatch: unknown) => dispatch }, 'either before or after'],
    [{ before: 'entry', layer: (dispatch: unknown) => dispatch }, 'before has to be one of'],
    [{ after: 'pool', layer: (dispatch: unknown) => dispatch }, 'after has to be one of'],
    [{ before: 'route' }, 'layers have to be objects'],
    [{ before: 'route', layer: () => 42 }, 'has to return a dispatch function'],
  ])('%j is refused when the client is made', (placed, message) => {
    expect(() => pass(() => [placed as unknown as PlacedLayer])).toThrow(new RegExp(message));
  });
});
