import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** Names of what a type has. */
export interface Members {
  readonly names: readonly string[];
  readonly events: readonly string[];
}

/** Methods by which listeners come and go; of these the events are told, not the methods. */
const LISTENERS = new Set(['on', 'off', 'once', 'addListener', 'removeListener']);

/** The classes and interfaces of a file by their names, those in a namespace as well. */
export function declarations(path: string): Map<string, ts.ClassDeclaration | ts.InterfaceDeclaration> {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = new Map<string, ts.ClassDeclaration | ts.InterfaceDeclaration>();
  const visit = (node: ts.Node): void => {
    if ((ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) && node.name !== undefined) {
      // A class comes before an interface that adds overloads to it.
      if (!found.has(node.name.text)) found.set(node.name.text, node);
    } else if (ts.isModuleDeclaration(node) || ts.isModuleBlock(node) || ts.isSourceFile(node))
      node.forEachChild(visit);
  };
  visit(file);
  return found;
}

/** What a declaration has itself; `isStatic` chooses the side of a class. */
export function membersOf(node: ts.ClassDeclaration | ts.InterfaceDeclaration, isStatic = false): Members {
  const names = new Set<string>();
  const events = new Set<string>();
  for (const member of node.members) {
    if (!ts.isMethodDeclaration(member) && !ts.isMethodSignature(member) && !isProperty(member)) continue;
    const name = member.name && ts.isPrivateIdentifier(member.name) ? undefined : member.name?.getText();
    const flags = ts.getCombinedModifierFlags(member as ts.Declaration);
    if (name === undefined || Boolean(flags & ts.ModifierFlags.Static) !== isStatic) continue;
    if (flags & ts.ModifierFlags.Private || isInternal(member)) continue;
    if (!LISTENERS.has(name)) names.add(unquoted(name));
    else if (!isProperty(member)) {
      const type = member.parameters[0]?.type;
      if (type && ts.isLiteralTypeNode(type)) events.add(unquoted(type.literal.getText()));
    }
  }
  return { names: [...names], events: [...events] };
}

function isProperty(
  member: ts.ClassElement | ts.TypeElement,
): member is ts.PropertyDeclaration | ts.PropertySignature | ts.AccessorDeclaration {
  return ts.isPropertyDeclaration(member) || ts.isPropertySignature(member) || ts.isAccessor(member);
}

function isInternal(member: ts.Node): boolean {
  return ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'internal');
}

function unquoted(name: string): string {
  return name.replace(/^['"]|['"]$/g, '');
}
