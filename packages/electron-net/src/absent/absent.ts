import { NotInNodeError } from './not-in-node-error.js';

/**
 * Stands for a class or an object of Electron that is not there. It can be imported, taken apart from its module and
 * asked for its type; whatever else is done with it throws a {@link NotInNodeError} that names it.
 */
export function absent(feature: string): unknown {
  const refuse = () => {
    throw new NotInNodeError(feature);
  };
  // A function that can be constructed, so that whoever asks for its type is told the truth.
  return new Proxy(class NotInNode {}, {
    get(target, key) {
      // What promises and inspection look at must not make a program fail that only hands it on.
      if (typeof key === 'symbol' || key === 'then') return Reflect.get(target, key);
      throw new NotInNodeError(`${feature}.${key}`);
    },
    set: refuse,
    apply: refuse,
    construct: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
  });
}

/** Members of an object of Electron that are not there. */
export interface AbsentMembers {
  /** Throw when they are called. */
  readonly methods: readonly string[];
  /** Throw when something is done with them. */
  readonly objects?: readonly string[];
}

/**
 * Gives a class what throws in place of absent members, without telling the compiler of them.
 *
 * @param owner - what its instances are called, such as `app`.
 */
export function withoutMembers(prototype: object, owner: string, { methods, objects = [] }: AbsentMembers): void {
  const define = (name: string, value: unknown) =>
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  for (const name of methods) {
    define(name, () => {
      throw new NotInNodeError(`${owner}.${name}`);
    });
  }
  for (const name of objects) define(name, absent(`${owner}.${name}`));
}
