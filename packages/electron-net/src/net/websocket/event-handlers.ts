/** What a program may assign to `onopen` and its like. */
export type EventHandler<E extends Event> = ((event: E) => unknown) | null;

/**
 * The event handlers of a target (HTML section 8.1.8.1): each has the place among the listeners that it had when there
 * was none before it, whatever takes its place.
 */
export class EventHandlers<Map extends object> {
  readonly #target: EventTarget;
  readonly #handlers: { [Type in keyof Map]?: EventHandler<Map[Type] & Event> } = {};

  constructor(target: EventTarget) {
    this.#target = target;
  }

  get<Type extends keyof Map & string>(type: Type): EventHandler<Map[Type] & Event> {
    return this.#handlers[type] ?? null;
  }

  /** Anything but a function is none. */
  set<Type extends keyof Map & string>(type: Type, handler: EventHandler<Map[Type] & Event>): void {
    const isThere = typeof this.#handlers[type] === 'function';
    const isWanted = typeof handler === 'function';
    this.#handlers[type] = isWanted ? handler : null;
    if (isWanted && !isThere) this.#target.addEventListener(type, this.#handle);
    if (!isWanted && isThere) this.#target.removeEventListener(type, this.#handle);
  }

  readonly #handle = (event: Event): void => {
    this.#handlers[event.type as keyof Map]?.call(this.#target, event as Map[keyof Map] & Event);
  };
}
