import type { AnyNode, CallExpression, MemberExpression, NewExpression, Node } from 'acorn';
import * as names from './names.js';
import { type Binding, childNodes, type Scope, type Scopes } from './scope.js';
import { Unproven } from './unproven.js';

/** Kinds of nodes that are harmless by themselves; what is below them is looked at one by one. */
const TRANSPARENT: ReadonlySet<string> = new Set([
  ...[
    'Program',
    'BlockStatement',
    'ExpressionStatement',
    'VariableDeclaration',
    'VariableDeclarator',
    'EmptyStatement',
  ],
  ...['IfStatement', 'ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement'],
  ...['ReturnStatement', 'BreakStatement', 'ContinueStatement', 'LabeledStatement', 'SwitchStatement', 'SwitchCase'],
  ...['ThrowStatement', 'TryStatement', 'CatchClause', 'ArrayExpression', 'ObjectExpression', 'SpreadElement'],
  ...[
    'BinaryExpression',
    'LogicalExpression',
    'ConditionalExpression',
    'SequenceExpression',
    'ParenthesizedExpression',
  ],
  ...['TemplateLiteral', 'TemplateElement', 'ChainExpression', 'AssignmentPattern', 'RestElement'],
]);

/** Names of the properties that a script gives to its objects. */
export interface Properties {
  readonly all: ReadonlySet<string>;
  /** Those under which it stores functions that it writes out there, and never anything else. */
  readonly methods: ReadonlySet<string>;
}

/** Goes through a script and throws {@link Unproven} at the first thing that it cannot vouch for. */
export class Prover {
  readonly #scopes: Scopes;
  readonly #properties: Properties;

  constructor(scopes: Scopes, properties: Properties) {
    this.#scopes = scopes;
    this.#properties = properties;
  }

  check(node: AnyNode, outer: Scope): void {
    const scope = this.#scopes.get(node) ?? outer;
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        if (node.async || node.generator) throw new Unproven('a function that pauses');
        for (const param of node.params) if (param.type !== 'Identifier') this.check(param as AnyNode, scope);
        this.check(node.body as AnyNode, scope);
        return;
      case 'Identifier':
        this.#checkName(node.name, scope);
        return;
      case 'Literal':
        if (node.regex && scope.global && /[gy]/.test(node.regex.flags))
          throw new Unproven('a regular expression with a memory');
        return;
      case 'Property':
        if (node.kind !== 'init') throw new Unproven('an accessor');
        if (node.computed) throw new Unproven('a computed property name');
        checkProperty(propertyName(node.key as AnyNode));
        this.check(node.value as AnyNode, scope);
        return;
      case 'MemberExpression':
        this.#checkMember(node, scope);
        return;
      case 'UnaryExpression':
        if (node.operator === 'delete' && !scope.global) throw new Unproven('delete');
        if (node.operator !== 'typeof' || node.argument.type !== 'Identifier')
          this.check(node.argument as AnyNode, scope);
        return;
      case 'UpdateExpression':
        this.#checkTarget(node.argument as AnyNode, scope);
        return;
      case 'AssignmentExpression':
        this.#checkTarget(node.left as AnyNode, scope);
        if (scope.global && isComputed(node.left) && mayBeFunction(node.right as AnyNode)) {
          throw new Unproven('a value stored under a computed name');
        }
        this.check(node.right as AnyNode, scope);
        return;
      case 'CallExpression':
        this.#checkCall(node, scope);
        return;
      case 'NewExpression':
        this.#checkNew(node, scope);
        return;
      case 'VariableDeclarator':
        if (node.init) this.check(node.init as AnyNode, scope);
        return;
      case 'LabeledStatement':
        this.check(node.body as AnyNode, scope);
        return;
      case 'BreakStatement':
      case 'ContinueStatement':
        return;
      case 'CatchClause':
        this.check(node.body, scope);
        return;
      case 'ForInStatement':
      case 'ForOfStatement':
        if (node.type === 'ForOfStatement' && node.await) throw new Unproven('a loop that pauses');
        if (node.left.type !== 'VariableDeclaration') this.#checkTarget(node.left as AnyNode, scope);
        this.check(node.right as AnyNode, scope);
        this.check(node.body as AnyNode, scope);
        return;
      default:
        if (!TRANSPARENT.has(node.type)) throw new Unproven(node.type);
        for (const child of childNodes(node)) this.check(child, scope);
    }
  }

  #checkName(name: string, scope: Scope): void {
    if (scope.find(name) === undefined && !names.CONSTANTS.has(name)) throw new Unproven(`the global ${name}`);
  }

  #checkMember(node: MemberExpression, scope: Scope): void {
    this.check(node.object as AnyNode, scope);
    if (node.computed) {
      const key = node.property as AnyNode;
      if (key.type === 'Literal') checkProperty(String(key.value));
      else this.check(key, scope);
    } else {
      checkProperty(propertyName(node.property as AnyNode));
    }
  }

  /** Inside functions, only what lives no longer than the call may be written to. */
  #checkTarget(target: AnyNode, scope: Scope): void {
    if (target.type === 'Identifier') {
      const binding = scope.find(target.name);
      if (binding === undefined || (binding.global && !scope.global)) throw new Unproven(`a write to ${target.name}`);
    } else if (target.type === 'MemberExpression') {
      this.#checkMember(target, scope);
      if (!scope.global && !this.#isFresh(target.object as AnyNode, scope)) throw new Unproven('a write to an object');
    } else {
      throw new Unproven('a pattern is taken apart');
    }
  }

  #checkCall(node: CallExpression, scope: Scope): void {
    const callee = node.callee as AnyNode;
    const args = node.arguments as AnyNode[];
    if (callee.type === 'MemberExpression') {
      this.#checkMethodCall(callee, args, scope);
    } else if (callee.type === 'Identifier' && scope.find(callee.name) === undefined) {
      if (!names.PURE_FUNCTIONS.has(callee.name)) throw new Unproven(`the function ${callee.name}`);
      this.#checkArguments(args, scope);
    } else {
      // A function that ran at load may have left variables behind that live on.
      if (scope.global) throw new Unproven('a function called at load');
      if (callee.type === 'Identifier') {
        if (!isKnownFunction(scope.find(callee.name))) throw new Unproven(`the function in ${callee.name}`);
      } else if (isFunction(callee)) {
        this.check(callee, scope);
      } else {
        throw new Unproven('a function that is computed');
      }
      this.#checkArguments(args, scope);
    }
  }

  #checkMethodCall(callee: MemberExpression, args: readonly AnyNode[], scope: Scope): void {
    if (callee.computed) throw new Unproven('a method that is computed');
    const method = propertyName(callee.property as AnyNode);
    const object = callee.object as AnyNode;
    checkProperty(method);
    if (object.type === 'Identifier' && scope.find(object.name) === undefined) {
      if (!names.PURE_STATICS.has(`${object.name}.${method}`)) throw new Unproven(`${object.name}.${method}`);
      this.#checkArguments(args, scope);
      return;
    }
    this.check(object, scope);
    if (names.CHANGING_METHODS.has(method)) {
      if (!scope.global && !this.#isFresh(object, scope)) throw new Unproven(`${method} of an object`);
    } else if (names.CALLING_METHODS.has(method)) {
      if (args.length !== 1 || !isCallback(args[0]!, scope)) throw new Unproven(`${method} with an unknown function`);
    } else if (!names.PURE_METHODS.has(method)) {
      if (scope.global || !this.#properties.methods.has(method)) throw new Unproven(`the method ${method}`);
    }
    this.#checkArguments(args, scope);
  }

  #checkNew(node: NewExpression, scope: Scope): void {
    const callee = node.callee as AnyNode;
    const args = node.arguments as AnyNode[];
    if (callee.type !== 'Identifier' || scope.find(callee.name) !== undefined) throw new Unproven('a constructor');
    const isPlainExpression = callee.name === 'RegExp' && (args.length < 2 || isFlags(args[1]!));
    if (!isPlainExpression && !names.PURE_CONSTRUCTORS.has(callee.name)) throw new Unproven(`new ${callee.name}`);
    this.#checkArguments(args, scope);
  }

  #checkArguments(args: readonly AnyNode[], scope: Scope): void {
    for (const arg of args) {
      if (arg.type === 'Identifier' && scope.find(arg.name) === undefined && names.PURE_FUNCTIONS.has(arg.name))
        continue;
      if (scope.global && mayRun(arg, scope)) throw new Unproven('a function called at load');
      this.check(arg, scope);
    }
  }

  /** Whether an object was made in this call. */
  #isFresh(node: AnyNode, scope: Scope): boolean {
    if (node.type !== 'Identifier') return this.#makesObject(node);
    const binding = scope.find(node.name);
    return (
      binding !== undefined && !binding.global && binding.writes.length === 1 && this.#makesObject(binding.writes[0])
    );
  }

  #makesObject(node: AnyNode | undefined): boolean {
    if (node === undefined) return false;
    if (node.type === 'ArrayExpression' || node.type === 'ObjectExpression') return true;
    if (node.type === 'NewExpression') return true;
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || node.callee.computed) return false;
    const method = propertyName(node.callee.property as AnyNode);
    return names.COPYING_METHODS.has(method) && !this.#properties.all.has(method);
  }
}

function checkProperty(name: string): void {
  if (names.FORBIDDEN_PROPERTIES.has(name)) throw new Unproven(`the property ${name}`);
}

/** The name of a property that is written out. */
export function propertyName(key: AnyNode): string {
  if (key.type === 'Identifier') return key.name;
  if (key.type === 'Literal') return String(key.value);
  throw new Unproven('a private name');
}

export const isFunction = (node: Node): boolean =>
  node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression' || node.type === 'FunctionDeclaration';

const isComputed = (node: Node): boolean => {
  const target = node as AnyNode;
  return target.type === 'MemberExpression' && target.computed && target.property.type !== 'Literal';
};

/** Whether a name never holds anything but one function that is written out in the script. */
function isKnownFunction(binding: Binding | undefined): boolean {
  return (
    binding !== undefined &&
    binding.writes.length === 1 &&
    binding.writes[0] !== undefined &&
    isFunction(binding.writes[0])
  );
}

function isCallback(arg: AnyNode, scope: Scope): boolean {
  if (arg.type !== 'Identifier') return isFunction(arg);
  const binding = scope.find(arg.name);
  return binding === undefined ? names.PURE_FUNCTIONS.has(arg.name) : isKnownFunction(binding);
}

/** Whether an argument may be a function of the script. */
function mayRun(arg: AnyNode, scope: Scope): boolean {
  if (arg.type === 'Identifier') return isKnownFunction(scope.find(arg.name));
  return isFunction(arg);
}

const FUNCTIONLESS: ReadonlySet<string> = new Set([
  ...['Literal', 'TemplateLiteral', 'BinaryExpression', 'UnaryExpression', 'UpdateExpression', 'ArrayExpression'],
  ...['ObjectExpression', 'NewExpression'],
]);

const mayBeFunction = (node: AnyNode): boolean => !FUNCTIONLESS.has(node.type);

const isFlags = (node: AnyNode): boolean =>
  node.type === 'Literal' && typeof node.value === 'string' && !/[gy]/.test(node.value);
