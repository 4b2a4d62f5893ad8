import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CommandContext } from '../core/context.js';
import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import type { Progress } from '../output/progress.js';

/** What the program for databases that no service has open says in the end. */
export interface OfflineDone extends Record<string, unknown> {
  created_at: string;
  seq: number;
  tables: number;
  rows: number;
  checksum: string;
}

interface Message {
  stage?: 'loading' | 'checking' | 'migrating';
  rows?: number;
  note?: string;
  done?: OfflineDone;
  failed?: { code: string; message: string; reason?: string };
}

const LABELS = { loading: 'loading rows', checking: 'checking rows', migrating: 'bringing tables up to date' } as const;

const CODES: Record<string, ExitCode> = {
  'backup.damaged': ExitCode.invalid,
  'database.in_use': ExitCode.conflict,
  'database.unavailable': ExitCode.unreachable,
  'restore.misfit': ExitCode.invalid,
  'restore.newer': ExitCode.invalid,
  'restore.no_database': ExitCode.notFound,
  'restore.no_extension': ExitCode.conflict,
  'restore.not_empty': ExitCode.conflict,
};

/** Runs the part of the service that opens a database itself, in a process of its own: this one knows HTTP only. */
export async function runOffline(
  context: CommandContext,
  words: readonly string[],
  env: Record<string, string>,
  totalRows?: number,
): Promise<OfflineDone> {
  const child = spawn(process.execPath, ['--enable-source-maps', programFile(), ...words], {
    env: { ...context.terminal.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const forget = context.signals.onStop(() => child.kill('SIGTERM'));
  context.signals.explain('nothing was kept: the database is as it was');
  const progress = context.progress();
  progress.stage('reading');
  try {
    return await heard(context, child, progress, totalRows);
  } finally {
    progress.stop();
    context.signals.explain(undefined);
    forget();
  }
}

async function heard(
  context: CommandContext,
  child: ChildProcess,
  progress: Progress,
  total: number | undefined,
): Promise<OfflineDone> {
  const errors: string[] = [];
  child.stderr?.on('data', (data: Buffer) => errors.push(data.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  let last: Message = {};
  let stage: Message['stage'];
  for await (const line of createInterface({ input: child.stdout! })) {
    last = JSON.parse(line) as Message;
    if (last.note) context.notice(last.note);
    if (last.stage && last.stage !== stage) progress.stage(LABELS[(stage = last.stage)], total);
    // From here on everything is there.
    if (last.stage === 'migrating') context.signals.explain('everything is restored; the service runs what is newer');
    progress.advance(last.rows ?? 0);
  }
  const code = await ended;
  if (last.done) return last.done;
  const reason = errors.join('').trim().split('\n').at(-1);
  const {
    code: what,
    message,
    ...more
  } = last.failed ?? { code: 'restore.failed', message: `the program ended with ${code}`, reason };
  throw new CliError(what, message, { exitCode: CODES[what] ?? ExitCode.failure, ...more });
}

/** Beside this program in the package's build; chunks of it stand a folder deeper. */
function programFile(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const places = ['../src', '../../src'].map((folder) => join(here, folder, 'backup-program.js'));
  const found = places.find((place) => existsSync(place));
  if (found) return found;
  throw new CliError('cli.not_built', 'this command needs the service beside it, which is not there', {
    exitCode: ExitCode.failure,
    reason: `there is no ${places[0]}`,
    next: 'npm run build   (in the folder of the service)',
  });
}
