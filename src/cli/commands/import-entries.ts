import type { QueryValue, RegistryRequest } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { CliError, usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { chunksOfExport } from '../io/export-chunks.js';
import { isMachineFormat } from '../output/format.js';
import type { Progress } from '../output/progress.js';
import { elapsed, grouped } from '../output/time.js';
import { sourceBytes } from '../io/source-bytes.js';
import type { LeafSpec, OptionSpec } from '../spec/types.js';

const COUNTED = ['created', 'updated', 'unchanged', 'skipped', 'failed'] as const;
const REQUEST_TIMEOUT_MS = 120_000;
const MAX_SHOWN = 50;

type Counts = Record<(typeof COUNTED)[number], number>;

interface ImportError {
  index: number;
  status?: number;
  code: string;
  detail: string;
}

export const IMPORT_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--on-conflict <what>',
    summary: 'what to do with an entry that exists: update (default), skip or fail',
    choices: ['update', 'skip', 'fail'],
    common: true,
  },
  { flags: '--atomic', summary: 'all or nothing; the file must fit into one request', common: true },
];

export const importEntriesCommand: LeafSpec = {
  name: 'entries',
  summary: 'Import what "export" wrote',
  description:
    'NDJSON, JSON or YAML, plain or packed with gzip or xz, told by content; - is standard input.\n' +
    'NDJSON of any size is sent piece by piece, JSON and YAML as one document within the limits of the server.\n' +
    'Running it again changes only what differs.',
  arguments: [{ name: 'file', summary: 'file, or - for standard input', required: true, completes: 'file' }],
  options: IMPORT_OPTIONS,
  examples: [
    { cmd: 'import catalog.ndjson', norun: 'needs a file of yours' },
    { cmd: 'import - --on-conflict skip < catalog.yaml', norun: 'needs a file of yours' },
  ],
  effect: 'writes',
  operations: ['POST /api/v1/entities/import'],
  run: (context, { args, options }) => importInto(context, '/api/v1/entities/import', String(args[0]), options),
};

/** What an import has that the others have not. */
export interface ImportHow {
  query?: Record<string, QueryValue>;
  /** The registry itself tells under `--dry-run` what would become of it. */
  plans?: boolean;
  /** Sent in one piece, as this. */
  contentType?: (body: Buffer) => string;
}

/** Sends a file to an import of the API, piece by piece where it can be cut, and tells what became of it. */
export async function importInto(
  context: CommandContext,
  path: string,
  source: string,
  options: Record<string, unknown>,
  how: ImportHow = {},
): Promise<void> {
  const started = performance.now();
  const progress = context.progress();
  const atomic = options.atomic === true;
  const result = await send(context, source, progress, {
    path,
    mode: atomic ? 'atomic' : 'best_effort',
    on_conflict: String(options.onConflict ?? 'update'),
    atomic,
    how,
  }).finally(() => progress.stop());
  if (!context.dryRun || how.plans) await report(context, result, performance.now() - started);
}

interface Result {
  counts: Counts;
  errors: ImportError[];
  warnings: string[];
}

async function send(
  context: CommandContext,
  source: string,
  progress: Progress,
  {
    path,
    mode,
    on_conflict,
    atomic,
    how,
  }: { path: string; mode: string; on_conflict: string; atomic: boolean; how: ImportHow },
): Promise<Result> {
  const result: Result = {
    counts: { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 },
    errors: [],
    warnings: [],
  };
  const timeoutMs = context.settings.timeoutGiven ? context.settings.timeoutMs.value : REQUEST_TIMEOUT_MS;
  progress.stage('importing lines');
  let chunks = 0;
  const whole = atomic || how.contentType !== undefined;
  for await (const chunk of chunksOfExport(sourceBytes(source, context.terminal.stdin), { whole })) {
    chunks += 1;
    const request: RegistryRequest = {
      method: 'POST',
      path,
      query: { mode, on_conflict, ...how.query, ...(how.plans && context.dryRun ? { dry_run: true } : {}) },
      body: chunk.body,
      contentType: how.contentType?.(chunk.body) ?? chunk.contentType,
      repeatable: !atomic && on_conflict !== 'fail',
      timeoutMs,
    };
    const answer = how.plans ? await (await context.client()).request(request) : await context.send(request);
    progress.advance(chunk.lines);
    if (!answer) continue;
    const summary = answer.json<Partial<Counts> & { errors?: ImportError[]; warnings?: string[] }>();
    result.warnings.push(...(summary.warnings ?? []));
    for (const name of COUNTED) result.counts[name] += summary[name] ?? 0;
    for (const error of summary.errors ?? []) result.errors.push({ ...error, index: error.index + chunk.firstLine });
  }
  if (chunks === 0) throw usageError(`${source} holds nothing to import`);
  return result;
}

async function report(context: CommandContext, { counts, errors, warnings }: Result, ms: number): Promise<void> {
  const failure = new CliError(
    'cli.partial',
    `${grouped(counts.failed)} ${counts.failed === 1 ? 'item' : 'items'} could not be imported`,
    {
      exitCode: ExitCode.partial,
      reason: 'everything else was imported',
      details: { ...counts, items: errors.slice(0, MAX_SHOWN) },
    },
  );
  if (counts.failed > 0 && isMachineFormat(context.format)) throw failure;
  for (const error of errors.slice(0, MAX_SHOWN))
    context.notice(`item ${error.index + 1}: ${error.detail} (${error.code})`);
  for (const warning of warnings.slice(0, MAX_SHOWN)) context.notice(warning);
  const changed = counts.created + counts.updated > 0 || counts.failed > 0;
  const text = COUNTED.map((name) => `${grouped(counts[name])} ${name}`).join(', ');
  await context.say(
    `${changed ? (context.dryRun ? 'would import' : 'imported') : 'nothing to change'}: ${text} in ${elapsed(ms)}`,
    {
      ...counts,
      errors,
      ...(warnings.length > 0 && { warnings }),
      ...(context.dryRun && { dry_run: true }),
    },
  );
  if (counts.failed > 0) throw failure;
}
