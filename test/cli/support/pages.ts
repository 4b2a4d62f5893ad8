import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A command line that a page shows in a fenced block. */
export interface Line {
  file: string;
  text: string;
  /** Why nobody can run it as it stands: of `<!-- norun: reason -->` above the block. */
  norun?: string;
}

const CALLED = /\b(?:ureg|nexus-registry|universal-registry-cli|nexus-plugin-manager) /;

/** Those of cli.md are the examples of the help, which are run as such. */
function files(): string[] {
  const pages = readdirSync('docs', { recursive: true }).map((file) => join('docs', String(file)));
  return ['README.md', ...pages.filter((file) => file.endsWith('.md') && file !== join('docs', 'cli.md'))];
}

/** Every line of a fenced block that calls the program, in the readme and the docs. */
export function documentedLines(): Line[] {
  return files().flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:<!-- norun: ([^>]+?) -->\s*)?^```\w*\n([^]*?)^```$/gm)].flatMap(
      ([, norun, block = '']) =>
        [...block.replaceAll('\\\n', ' ').matchAll(/^(?:\$ )?(?:npx )?(\S.*)$/gm)]
          .map(([, text = '']) => text)
          .filter((text) => CALLED.test(text) && /^(curl|[a-z-]+ )/.test(text))
          .map((text) => ({ file, text, ...(norun !== undefined && { norun }) })),
    ),
  );
}

/** Calls of the program that stand in a sentence, as `ureg …`. */
export function spokenLines(): Line[] {
  return files().flatMap((file) =>
    [
      ...readFileSync(file, 'utf8')
        .replaceAll(/^```[^]*?^```$/gm, '')
        .matchAll(/`([^`\n]+)`/g),
    ]
      .map(([, text = '']) => ({ file, text: text.replace(/^npx /, '') }))
      .filter(({ text }) => CALLED.exec(text)?.index === 0),
  );
}

/** The calls of the program in a shell's line: `ureg x | ureg y > file` has two. */
export function callsIn({ text }: Line): string[] {
  const plain = text
    .replaceAll(/\$\([^)]*\)|\$\w+|<[a-z][^>]*>/g, 'x')
    .replaceAll(/\[[^\]]*\]|…/g, '')
    .replace(/\s+#.*$/, '');
  const parts = plain.match(/(?:"[^"]*"|'[^']*'|[^|&;<>"'])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => CALLED.exec(`${part} `)?.index === 0);
}
