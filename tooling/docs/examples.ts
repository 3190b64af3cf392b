/** A piece of code in a document or in a TSDoc comment. */
export interface Example {
  /** Where it stands, relative to the repository. */
  readonly file: string;
  /** Line of its first code line, from 1. */
  readonly line: number;
  /** What follows the language in the fence: `run` for an example that is executed. */
  readonly flags: readonly string[];
  readonly code: string;
}

/** The TypeScript examples of a Markdown document: fences that say `ts` or `js`. */
export function examplesInMarkdown(file: string, text: string): Example[] {
  return fences(file, text.split('\n'), 1);
}

/** The examples that stand below `@example` in the TSDoc comments of a source. */
export function examplesInSource(file: string, text: string): Example[] {
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
    const lines = comment[0].split('\n').map((line) => line.replace(/^\s*(\/\*\*|\*\/|\* ?)/, ''));
    const start = lines.findIndex((line) => line.startsWith('@example'));
    if (start < 0) return [];
    return fences(file, lines.slice(start), text.slice(0, comment.index).split('\n').length + start);
  });
}

function fences(file: string, lines: readonly string[], firstLine: number): Example[] {
  const examples: Example[] = [];
  let open: { indent: string; mark: string; start: number; info: string[] } | undefined;
  for (const [index, line] of lines.entries()) {
    const fence = /^(\s*)(`{3,})(.*)$/.exec(line);
    if (!fence) continue;
    const [, indent = '', mark = '', info = ''] = fence;
    if (open === undefined) {
      open = { indent, mark, start: index + 1, info: info.trim().split(/\s+/) };
    } else if (mark === open.mark && info.trim() === '') {
      const [language = '', ...flags] = open.info;
      const code = lines
        .slice(open.start, index)
        .map((text) => text.slice(open?.indent.length))
        .join('\n');
      if (/^(ts|js)$/.test(language)) examples.push({ file, line: firstLine + open.start, flags, code });
      open = undefined;
    }
  }
  return examples;
}

/** What an example says it prints: the texts after `// →`, in order. */
export function promisedOutput({ code }: Example): string[] {
  return [...code.matchAll(/\/\/ → (.*)$/gm)].map((match) => match[1]?.trimEnd() ?? '');
}
