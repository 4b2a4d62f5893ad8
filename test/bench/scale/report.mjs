// The section of docs/performance.md that the benchmark of scale writes, and writes anew.
import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';

const HEADING = '## A large catalog';

const ms = (value) => (value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US'));
const table = (columns, rows) =>
  [columns, columns.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

function aimOf({ aim = {}, ...result }) {
  const [figure] = Object.keys(aim);
  if (!figure) return '';
  return `${aim[figure]} ms${figure === 'p95' ? '' : ' (median)'}: ${(result[figure] / aim[figure]).toFixed(2)} of it`;
}

const nameOf = ({ group, title, mode }) =>
  `${group}: ${title}${mode && !group.endsWith(mode) ? ` (answered as ${mode})` : ''}`;

function questionRows(results) {
  return results.map((one) => [nameOf(one), ms(one.median), ms(one.p95), ms(one.worst), one.asked, aimOf(one)]);
}

function textOf({ machine, seconds, sizes, results, searchStats, memory }) {
  const count = (name) => Number(sizes.find((one) => one.name === name).rows).toLocaleString('en-US');
  const loading = Object.entries(seconds).map(([step, took]) => `${step} ${took.toFixed(took < 10 ? 1 : 0)} s`);
  const failed = results.filter(({ faults }) => faults).map((one) => `${nameOf(one)}: ${one.faults}`);
  const recall = searchStats?.vectors?.recall ?? searchStats?.recall;
  const at = new Date().toISOString().slice(0, 10);
  const parts = [
    `${HEADING}, ${count('entry')} entries and ${count('relationship')} relationships`,
    `\`npm run bench:scale\` on ${at}: ${machine}. One client, one question at a time; client, service and database share the machine. The catalog is made from the texts of a package index by a fixed recipe (\`test/bench/scale/recipe.mjs\`): degrees log-normal, half of the targets by a rank-size law with hubs, half inside of blocks of 500.`,
    `Seconds of loading: ${loading.join(', ')}. The service took at most ${memory.toLocaleString('en-US')} MiB of memory, whole-graph algorithms included.`,
    table(
      ['table', 'rows', 'MiB', 'MiB of indexes'],
      sizes.map(({ name, rows, heap, indexes }) => [`\`${name}\``, ...[rows, heap, indexes].map((n) => Number(n).toLocaleString('en-US'))]), // prettier-ignore
    ),
    table(['question', 'median ms', 'p95 ms', 'worst ms', 'asked', 'aim'], questionRows(results)),
    ...(recall === undefined || recall === null ? [] : [`Recall of the vector index against the exact scan: ${JSON.stringify(recall)}.`]), // prettier-ignore
    ...(failed.length > 0 ? [`Not as it should be: ${failed.join('; ')}.`] : []),
  ];
  return parts.join('\n\n');
}

/** Puts the section where it stood before, or at the end. */
export async function writeReport(file, facts) {
  const old = await readFile(file, 'utf8').catch(() => '# Performance\n');
  const from = old.search(new RegExp(`^${HEADING}`, 'm'));
  const after = from < 0 ? -1 : old.indexOf('\n## ', from + 1);
  const before = from < 0 ? `${old.trimEnd()}\n\n` : old.slice(0, from);
  const rest = after < 0 ? '' : `\n${old.slice(after)}`;
  const settings = await resolveConfig(file);
  await writeFile(file, await format(`${before}${textOf(facts)}\n${rest}`, { ...settings, filepath: file }));
}
