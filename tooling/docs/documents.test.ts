import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileErrors } from './compile.js';
import { examplesInMarkdown } from './examples.js';
import { documents, read, root } from './repository.js';

const files = documents().filter((file) => !file.startsWith('.changeset/') && !file.endsWith('CHANGELOG.md'));

/** Text without code blocks, in which no link is a link. */
const prose = (file: string) => read(file).replace(/^(`{3,}).*\n[\s\S]*?^\1$/gm, '');

let errors: Map<string, string[]>;
beforeAll(() => {
  const examples = files.flatMap((file) => examplesInMarkdown(file, read(file)));
  errors = compileErrors(examples.filter(({ flags }) => !flags.includes('fragment')).map((example) => ({ example })));
}, 60_000);

describe.each(files)('%s', (file) => {
  it('links to what is there', () => {
    const links = [...prose(file).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(file, link))).toEqual([]);
  });

  it('names files and scripts that are there', () => {
    const code = [...prose(file).matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
    const paths = code.filter((text) =>
      /^(packages|examples|scripts|tooling|test|bench|\.ci|\.github)\/[\w./-]+$/.test(text),
    );
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);

    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(file).matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1] ?? '');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('has examples that compile', () => {
    expect(errors.get(file) ?? []).toEqual([]);
  });
});

function leadsSomewhere(file: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? file : normalize(join(dirname(file), decodeURI(path)));
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(target).has(anchor);
}

/** The anchors that a heading gets: lower case, punctuation dropped, blanks to hyphens, repetitions numbered. */
function anchorsOf(file: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose(file).matchAll(/^#{1,6} (.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}
