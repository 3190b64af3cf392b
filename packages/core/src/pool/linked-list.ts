/** An element of a {@link LinkedList}; of one at a time. */
export interface Linked<T> {
  list: object | undefined;
  before: T | undefined;
  after: T | undefined;
}

/**
 * Elements in the order in which they came, from which anyone may leave at once. It takes the place of a Set where every
 * request comes and goes: the tables that a Set leaves behind refer to what was in them, so that requests which have
 * ended would live until the next full garbage collection.
 */
export class LinkedList<T extends Linked<T>> implements Iterable<T> {
  size = 0;
  #first: T | undefined;
  #last: T | undefined;

  get first(): T | undefined {
    return this.#first;
  }

  add(element: T): void {
    element.list = this;
    element.before = this.#last;
    if (this.#last === undefined) this.#first = element;
    else this.#last.after = element;
    this.#last = element;
    this.size += 1;
  }

  has(element: T): boolean {
    return element.list === this;
  }

  /** Whether it was there. */
  delete(element: T): boolean {
    if (element.list !== this) return false;
    const { before, after } = element;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    element.list = element.before = element.after = undefined;
    this.size -= 1;
    return true;
  }

  /** The element at hand may be taken out meanwhile, others may not. */
  *[Symbol.iterator](): IterableIterator<T> {
    let next: T | undefined;
    for (let element = this.#first; element !== undefined; element = next) {
      next = element.after;
      yield element;
    }
  }
}
