import type { AnyNode } from 'acorn';
import { isFunction, type Properties, Prover, propertyName } from './prover.js';
import { childNodes, findScopes } from './scope.js';
import { Unproven } from './unproven.js';

/**
 * Whether a PAC script provably answers each question from the URL and the network alone: nothing that a call does
 * outlives it, and it reads neither the clock nor random numbers.
 *
 * The proof is by a grammar of what is known to be harmless. Anything else (writes to global variables or to objects
 * made elsewhere, `this`, `Date`, methods with unknown names, functions called while the script loads, and so on) ends
 * it, also where a closer look would show that no harm is done.
 */
export async function keepsNoState(source: string): Promise<boolean> {
  const { parse } = await import('acorn');
  try {
    const program = parse(source, { ecmaVersion: 'latest', sourceType: 'script' }) as AnyNode;
    const { scopes, top } = findScopes(program);
    new Prover(scopes, findProperties(program)).check(program, top);
    return true;
  } catch (error) {
    // Also what QuickJS reads and acorn does not, and nesting that is too deep to follow.
    if (error instanceof Unproven || error instanceof SyntaxError || error instanceof RangeError) return false;
    throw error;
  }
}

/** The names of all properties that are written out in a script, other than in its reads. */
function findProperties(program: AnyNode): Properties {
  const methods = new Set<string>();
  const others = new Set<string>();
  const visit = (node: AnyNode): void => {
    if (node.type === 'Property' && !node.computed) {
      (isFunction(node.value) ? methods : others).add(propertyName(node.key as AnyNode));
    } else if (node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression') {
      const { computed, property } = node.left;
      if (!computed || property.type === 'Literal') {
        (isFunction(node.right) ? methods : others).add(propertyName(property as AnyNode));
      }
    }
    for (const child of childNodes(node)) visit(child);
  };
  visit(program);
  return { all: new Set([...methods, ...others]), methods: new Set([...methods].filter((name) => !others.has(name))) };
}
