import type { AnyNode, Node } from 'acorn';
import { Unproven } from './unproven.js';

/** A variable, a function or a parameter. */
export interface Binding {
  /** Whether it lives as long as the script, and not as long as one call. */
  readonly global: boolean;
  /** What is written to it; undefined for a value that no single expression gives. */
  readonly writes: (AnyNode | undefined)[];
}

/** The names that are known in one part of a script. */
export class Scope {
  readonly parent: Scope | undefined;
  readonly global: boolean;
  readonly #bindings = new Map<string, Binding>();

  constructor(parent: Scope | undefined, global: boolean) {
    this.parent = parent;
    this.global = global;
  }

  declare(name: string): Binding {
    const known = this.#bindings.get(name);
    if (known !== undefined) return known;
    const binding: Binding = { global: this.global, writes: [] };
    this.#bindings.set(name, binding);
    return binding;
  }

  find(name: string): Binding | undefined {
    return this.#bindings.get(name) ?? this.parent?.find(name);
  }
}

/** The scope that each function, block and loop of a script opens. */
export type Scopes = ReadonlyMap<Node, Scope>;

/**
 * Finds the scopes of a script, and all that is written to each name.
 *
 * @throws Unproven where a name cannot be followed, such as destructuring or a function declared in a block.
 */
export function findScopes(program: AnyNode): { readonly scopes: Scopes; readonly top: Scope } {
  const scopes = new Map<Node, Scope>();
  const top = new Scope(undefined, true);
  scopes.set(program, top);
  hoist(program, top);
  declareLexical(childNodes(program), top);
  for (const child of childNodes(program)) visit(child, top);
  return { scopes, top };

  function visit(node: AnyNode, scope: Scope): void {
    const inner = open(node, scope);
    if (inner !== scope) scopes.set(node, inner);
    record(node, inner);
    for (const child of childNodes(node)) visit(child, inner);
  }

  function record(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case 'VariableDeclarator':
        if (node.init) scope.find(nameOf(node.id))?.writes.push(node.init as AnyNode);
        break;
      case 'ForInStatement':
      case 'ForOfStatement': {
        const target = node.left.type === 'VariableDeclaration' ? node.left.declarations[0]!.id : node.left;
        if (target.type === 'Identifier') write(target.name, undefined, scope);
        break;
      }
      case 'AssignmentExpression':
        if (node.left.type === 'Identifier') {
          write(node.left.name, node.operator === '=' ? (node.right as AnyNode) : undefined, scope);
        }
        break;
      case 'UpdateExpression':
        if (node.argument.type === 'Identifier') write(node.argument.name, undefined, scope);
        break;
    }
  }

  /** At the top level, an assignment to an unknown name makes a global variable. */
  function write(name: string, value: AnyNode | undefined, scope: Scope): void {
    const binding = scope.find(name) ?? (scope.global ? top.declare(name) : undefined);
    binding?.writes.push(value);
  }
}

/** All nodes directly below a node. */
export function childNodes(node: Node): AnyNode[] {
  const children: AnyNode[] = [];
  for (const value of Object.values(node)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null && typeof item === 'object' && typeof (item as Node).type === 'string')
        children.push(item as AnyNode);
    }
  }
  return children;
}

/** The scope that a node opens, or the one that it stands in. */
function open(node: AnyNode, scope: Scope): Scope {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression': {
      const inner = new Scope(scope, false);
      if (node.type === 'FunctionExpression' && node.id) inner.declare(node.id.name).writes.push(node);
      for (const param of node.params) inner.declare(nameOf(param)).writes.push(undefined);
      hoist(node.body as AnyNode, inner);
      if (node.body.type === 'BlockStatement') declareLexical(node.body.body as AnyNode[], inner);
      return inner;
    }
    case 'BlockStatement':
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'SwitchStatement': {
      const inner = new Scope(scope, scope.global);
      const children = node.type === 'SwitchStatement' ? node.cases.flatMap((one) => one.consequent) : childNodes(node);
      declareLexical(children as AnyNode[], inner);
      return inner;
    }
    case 'CatchClause': {
      const inner = new Scope(scope, scope.global);
      if (node.param) inner.declare(nameOf(node.param)).writes.push(undefined);
      return inner;
    }
    default:
      return scope;
  }
}

/** Declares what `var` and function declarations below a node make in its function. */
function hoist(node: AnyNode, scope: Scope, nested = false): void {
  for (const child of childNodes(node)) {
    if (child.type === 'FunctionDeclaration') {
      if (nested) throw new Unproven('a function is declared in a block');
      scope.declare(child.id!.name).writes.push(child);
    } else if (child.type !== 'FunctionExpression' && child.type !== 'ArrowFunctionExpression') {
      if (child.type === 'VariableDeclaration' && child.kind === 'var') {
        for (const { id } of child.declarations) scope.declare(nameOf(id));
      }
      hoist(child, scope, true);
    }
  }
}

function declareLexical(statements: readonly AnyNode[], scope: Scope): void {
  for (const statement of statements) {
    if (statement.type !== 'VariableDeclaration' || statement.kind === 'var') continue;
    for (const { id } of statement.declarations) scope.declare(nameOf(id));
  }
}

function nameOf(pattern: Node): string {
  const node = pattern as AnyNode;
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'AssignmentPattern') return nameOf(node.left);
  if (node.type === 'RestElement') return nameOf(node.argument);
  throw new Unproven('a pattern is taken apart');
}
