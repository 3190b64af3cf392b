import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import type { Example } from './examples.js';
import { root } from './repository.js';

const config = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
  ts.sys,
  root,
);

/** A program over the given files, relative to the repository, with the repository's compiler options. */
export function programOf(files: readonly string[], virtual: ReadonlyMap<string, string> = new Map()): ts.Program {
  const host = ts.createCompilerHost(config.options, true);
  const { fileExists, readFile } = host;
  host.fileExists = (file) => virtual.has(file) || fileExists(file);
  host.readFile = (file) => virtual.get(file) ?? readFile(file);
  return ts.createProgram(
    files.map((file) => join(root, file)),
    config.options,
    host,
  );
}

/** An example with a line of code to put before it, such as an import. */
export interface Candidate {
  readonly example: Example;
  readonly prelude?: string;
}

/**
 * Compiles examples as modules beside the files that they stand in, all in one go.
 *
 * @returns File → its errors, as `line: message`; files without errors are left out.
 */
export function compileErrors(candidates: readonly Candidate[]): Map<string, string[]> {
  const modules = candidates.map(({ example, prelude = '' }, index) => ({
    example,
    path: join(root, dirname(example.file), `.example-${index}.mts`),
    text: `${prelude}\n${example.code}\nexport {};\n`,
  }));
  const program = programOf(
    modules.map(({ path }) => relative(root, path)),
    new Map(modules.map(({ path, text }) => [path, text])),
  );
  const errors = new Map<string, string[]>();
  for (const { example, path } of modules) {
    const source = program.getSourceFile(path);
    for (const diagnostic of [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]) {
      // The prelude is one line that the document does not have.
      const offset = (source?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 1) - 1;
      const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
      errors.set(example.file, [...(errors.get(example.file) ?? []), `${example.line + offset}: ${message}`]);
    }
  }
  return errors;
}

/** What a source file exports: name → its documentation, empty where it has none. */
export function exportsOf(program: ts.Program, file: string): Map<string, string> {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(root, file));
  const module = source && checker.getSymbolAtLocation(source);
  const symbols = module ? checker.getExportsOfModule(module) : [];
  return new Map(
    symbols.map((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      return [symbol.name, ts.displayPartsToString(target.getDocumentationComment(checker)).trim()];
    }),
  );
}
