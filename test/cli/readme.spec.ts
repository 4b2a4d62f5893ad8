import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { consoleOf, printed } from './support/console.js';
import { useOwnService } from './support/own-service.js';

jest.setTimeout(600_000);

// As a reader has it: with the model that comes with it.
const own = useOwnService({ EMBEDDING_PROVIDER: 'local' });
const bin = (): string => join(own.program.folder, 'bin');

/** How long a reading command may take to show what follows from the one before: numbering, propagation, discovery, vectors. */
const PATIENCE_MS = 120_000;
const PAUSE_MS = 200;
const READS =
  /^npx ureg (?:health|list|search|graph|ai|\w+ (?:list|events)|service discover|audit verify)\b|^curl .*since=/;

beforeAll(() => {
  mkdirSync(bin());
  // As in the package's own folder, without npm.
  writeFileSync(join(bin(), 'npx'), `#!/bin/sh\nname=$1\nshift\nexec '${own.program.folder}'/$name "$@"\n`);
  chmodSync(join(bin(), 'npx'), 0o755);
  for (const name of ['test', 'docs']) symlinkSync(join(process.cwd(), name), join(own.program.home, name));
});

/** Both streams of a command line in the folder of the service, as a terminal would show them. */
function shell(script: string): Promise<string> {
  const env = { PATH: `${bin()}:${process.env.PATH}`, HOME: own.program.home, UREG_SERVER: own.service.url };
  return new Promise((resolve) => {
    execFile('bash', ['-c', `exec 2>&1\n${script}`], { cwd: own.program.home, env }, (_, stdout) => resolve(stdout));
  });
}

it('the readme leads to every page of the documentation', () => {
  const pages = readdirSync('docs').filter((name) => name.endsWith('.md'));
  const readme = readFileSync('README.md', 'utf8');
  expect(pages.filter((name) => !readme.includes(`](docs/${name})`))).toEqual([]);
});

it('every command of the readme works in its order on a new registry, and prints what is shown', async () => {
  const wrong: string[] = [];
  let settings = '';
  for (const { command, output } of consoleOf('README.md')) {
    const here = command.replaceAll('localhost:8080', own.service.url);
    if (/^(export )?[A-Z_]+=/.test(here)) settings += `${here}\n`;
    let actual = await shell(settings + here);
    const until = Date.now() + (READS.test(command) ? PATIENCE_MS : 0);
    while (!printed(output, actual) && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      actual = await shell(settings + here);
    }
    if (!printed(output, actual)) wrong.push(`$ ${command}\n${actual}\ninstead of\n${output}`);
  }
  expect(wrong).toEqual([]);
});
