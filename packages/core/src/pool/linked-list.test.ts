import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Linked, LinkedList } from './linked-list.js';

class Element implements Linked<Element> {
  list: object | undefined;
  before: Element | undefined;
  after: Element | undefined;
}

test('behaves as a Set does', () => {
  const command = fc.record({ adds: fc.boolean(), at: fc.nat({ max: 7 }) });
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const elements = Array.from({ length: 8 }, () => new Element());
      const [list, model] = [new LinkedList<Element>(), new Set<Element>()];
      for (const { adds, at } of commands) {
        const element = elements[at] as Element;
        if (!adds) expect(list.delete(element)).toBe(model.delete(element));
        else if (!model.has(element)) {
          list.add(element);
          model.add(element);
        }
        expect([...list].map((one) => elements.indexOf(one))).toEqual([...model].map((one) => elements.indexOf(one)));
        expect(list.size).toBe(model.size);
        expect(elements.map((one) => list.has(one))).toEqual(elements.map((one) => model.has(one)));
      }
    }),
  );
});

test('an element that has left refers to no other', () => {
  const list = new LinkedList<Element>();
  const elements = [new Element(), new Element(), new Element()];
  for (const element of elements) list.add(element);
  list.delete(elements[1] as Element);
  expect(elements[1]).toEqual({ list: undefined, before: undefined, after: undefined });
});

test('leaves an element of another list alone', () => {
  const [one, other] = [new LinkedList<Element>(), new LinkedList<Element>()];
  const element = new Element();
  one.add(element);
  expect(other.delete(element)).toBe(false);
  expect([...one]).toHaveLength(1);
});

test('the element at hand may be taken out', () => {
  const list = new LinkedList<Element>();
  for (let i = 0; i < 3; i += 1) list.add(new Element());
  for (const element of list) list.delete(element);
  expect(list.size).toBe(0);
});
