import type { Readable } from 'node:stream';
import type { CommandContext } from '../core/context.js';
import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { FileDraft } from '../core/file-draft.js';
import { grouped } from '../output/time.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { backupView, CHECKSUM_OPTION, extentOf, readFile } from './backup-view.js';

/** The first byte comes when the moment is fixed: on the embedded database its folder is copied for that. */
const PATIENCE_MS = 600_000;
/** For nobody else to read: it holds the whole catalog, restricted entries too. */
const OWNER_ONLY = 0o600;

const createCommand: LeafSpec = {
  name: 'create',
  summary: 'Write everything that the registry holds into a file',
  description:
    'All of it as it is at one moment, while others go on working: the catalog, events, the audit trail, keys by their\n' +
    'hashes, secrets as they are sealed. Needs admin:backup. The file is checked when it is there, and is whole or not\n' +
    'there at all; - is standard output. Keep its checksum elsewhere, and the master key apart from it.',
  arguments: [{ name: 'file', summary: 'file to write, or - for standard output', required: true, completes: 'file' }],
  examples: [
    { cmd: 'backup registry.ureg' },
    { cmd: 'backup - | ssh elsewhere "cat > registry.ureg"', norun: 'sends it' },
  ],
  effect: 'reads',
  view: backupView,
  operations: ['GET /api/v1/backup'],
  async run(context, { args }) {
    const file = String(args[0]);
    const { settings } = context;
    void context.format;
    const draft = file === '-' ? undefined : await FileDraft.open(context.signals, file, OWNER_ONLY);
    try {
      const client = await context.client();
      const response = await client.stream({
        method: 'GET',
        path: '/api/v1/backup',
        accept: 'application/gzip',
        timeoutMs: settings.timeoutGiven ? settings.timeoutMs.value : PATIENCE_MS,
      });
      if (!draft) return await toStdout(context, response);
      await save(context, response, draft);
      const row = await readFile(context, draft.path, { as: file, code: ExitCode.failure });
      await draft.keep();
      const sentence = `backed up ${extentOf(row)} to ${file} (${grouped(row.bytes)} bytes), checksum ${row.checksum}`;
      await context.changed(sentence, row, backupView);
    } catch (error) {
      await draft?.drop();
      throw error;
    }
  },
};

const verifyCommand: LeafSpec = {
  name: 'verify',
  summary: 'Say whether a backup is whole and unaltered, and what is in it',
  description: 'Asks no registry. Exit code 0 when it is, 10 when it is not.',
  arguments: [{ name: 'file', summary: 'file that "backup" wrote', required: true, completes: 'file' }],
  options: [CHECKSUM_OPTION],
  examples: [{ cmd: 'backup verify registry.ureg' }, { cmd: 'backup verify registry.ureg -o json' }],
  effect: 'local',
  view: backupView,
  async run(context, { args, options }) {
    const file = String(args[0]);
    const row = await readFile(context, file, { checksum: options.checksum, code: ExitCode.no });
    if (!context.speaks) return context.one(row, backupView);
    const whole = context.paint.green('whole');
    await context.write(
      `${whole}  ${extentOf(row)}, made ${row.created_at} by ${row.release}, checksum ${row.checksum}\n`,
    );
  },
};

export const backupCommand: GroupSpec = {
  name: 'backup',
  summary: 'Keep everything in a file, and check such a file',
  children: [createCommand, verifyCommand],
  fallback: 'create',
};

async function save(context: CommandContext, response: Readable, draft: FileDraft): Promise<void> {
  const progress = context.progress();
  progress.stage('receiving bytes');
  try {
    for await (const chunk of response) {
      await draft.write(chunk as Buffer);
      progress.advance((chunk as Buffer).length);
    }
  } catch (cause) {
    throw cause instanceof CliError ? cause : cutOff(cause);
  } finally {
    progress.stop();
  }
}

async function toStdout(context: CommandContext, response: Readable): Promise<void> {
  const done = context.needsReader();
  try {
    for await (const chunk of response) await context.writeRaw(chunk as Buffer);
  } catch (cause) {
    throw cutOff(cause);
  } finally {
    done();
  }
}

const cutOff = (cause: unknown): CliError =>
  new CliError('cli.backup_cut', 'the backup was cut off before its end', {
    exitCode: ExitCode.unreachable,
    reason: (cause as Error).message,
    cause,
  });
