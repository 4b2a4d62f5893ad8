// How long the command line program takes to start beyond what Node itself takes: the median of 20 `ureg --version` less the
// median of 20 empty scripts, in turns. Wants dist/cli, and a machine that does nothing else.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROUNDS = 20;
const BUDGET_MS = 60;
const main = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'cli', 'main.mjs');
const folder = mkdtempSync(join(tmpdir(), 'ureg-start-'));
const empty = join(folder, 'empty.mjs');
writeFileSync(empty, '');

function milliseconds(...args) {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { stdio: 'pipe' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${String(stderr)}`);
  return performance.now() - began;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const taken = { bare: [], version: [], help: [] };
for (let round = 0; round < ROUNDS; round += 1) {
  taken.bare.push(milliseconds(empty));
  taken.version.push(milliseconds(main, '--version'));
  taken.help.push(milliseconds(main, 'list', '--help'));
}
rmSync(folder, { recursive: true });
const [bare, version, help] = [taken.bare, taken.version, taken.help].map(median);
console.log(
  `bare Node ${bare.toFixed(0)} ms; ureg --version ${(version - bare).toFixed(0)} ms more, ureg list --help ${(help - bare).toFixed(0)} ms more (at most ${BUDGET_MS})`,
);
if (version - bare > BUDGET_MS) process.exitCode = 1;
