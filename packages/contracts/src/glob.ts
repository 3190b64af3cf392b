/**
 * Makes a test of whole texts against a pattern in which `*` stands for any characters and `?` for one or none. Time is
 * linear in the text where the pattern has no `?`, and at worst the product of both lengths where it has.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  return pattern.includes('?') ? (text) => matchStates(pattern, text) : compileWildcards(pattern);
}

/**
 * Makes a test of whole texts against a pattern in which `*` stands for any characters, and nothing else is special. Time
 * is linear in the text.
 *
 * @example
 * ```ts
 * import { compileWildcards } from '@netloom/contracts';
 *
 * const isScript = compileWildcards('/static/*.js');
 * console.log(isScript('/static/main.js')); // true
 * ```
 */
export function compileWildcards(pattern: string): (text: string) => boolean {
  const pieces = pattern.split('*');
  const first = pieces[0]!;
  const last = pieces.at(-1)!;
  if (pieces.length === 1) return (text) => text === pattern;
  const middle = pieces.slice(1, -1).filter((piece) => piece !== '');
  return (text) => {
    if (!text.startsWith(first)) return false;
    let position = first.length;
    for (const piece of middle) {
      const found = text.indexOf(piece, position);
      if (found < 0) return false;
      position = found + piece.length;
    }
    return text.length - last.length >= position && text.endsWith(last);
  };
}

/** Follows all readings of the pattern at once, so that no input makes it go back. */
function matchStates(pattern: string, text: string): boolean {
  let states = new Set<number>();
  const add = (into: Set<number>, from: number) => {
    for (let i = from; !into.has(i); i++) {
      into.add(i);
      if (pattern[i] !== '*' && pattern[i] !== '?') return;
    }
  };
  add(states, 0);
  for (const character of text) {
    const next = new Set<number>();
    for (const state of states) {
      if (pattern[state] === '*') add(next, state);
      else if (pattern[state] === '?' || pattern[state] === character) add(next, state + 1);
    }
    states = next;
  }
  return states.has(pattern.length);
}
