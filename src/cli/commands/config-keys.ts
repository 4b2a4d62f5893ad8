import { setTimeout as sleep } from 'node:timers/promises';
import { configWords } from '../kinds/config.words.js';
import { pathOf } from '../kinds/kind-request.js';
import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { grouped } from '../output/time.js';
import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';

interface Rotation extends Record<string, unknown> {
  state: 'none' | 'running' | 'done';
  key_version: number | null;
  total: number;
  done: number;
  failed: number;
  percent: number;
}

const rotationView: View<Rotation> = {
  fields: ['state', 'key_version', 'total', 'done', 'failed', 'percent', 'requested_by', 'started_at', 'finished_at'],
  columns: [column('STATE', 'state', { state: true }), column('DONE', 'done'), column('TOTAL', 'total')],
  name: ({ state }) => state,
};

const PAUSE_MS = 500;

export const rotateKeysLeaf: LeafSpec = {
  name: 'rotate-keys',
  summary: 'Seal secrets with a new data key, and move those under older ones while everything goes on',
  description: 'A job moves them, and a restart takes it up where it was. Older keys decrypt until then.',
  arguments: [],
  options: [
    { flags: '--status', summary: 'say how far the last one is, and begin none', common: true },
    { flags: '--wait', summary: 'until it is done; exit code 10 when values could not be opened', common: true },
  ],
  examples: [{ cmd: 'config rotate-keys --wait' }, { cmd: 'config rotate-keys --status' }],
  effect: 'writes',
  view: rotationView,
  operations: ['POST /api/v1/config/rotate-keys', 'GET /api/v1/config/rotate-keys'],
  async run(context, { options }) {
    const path = pathOf(configWords, 'rotate-keys');
    if (options.status === true && context.dryRun) throw usageError('--status changes nothing');
    let rotation: Rotation;
    if (options.status === true) rotation = await (await context.client()).json<Rotation>({ method: 'GET', path });
    else {
      const answer = await context.send({ method: 'POST', path });
      if (!answer) return;
      rotation = answer.json<Rotation>();
    }
    if (options.wait === true) rotation = await finished(context, path, rotation);
    const next = `${context.program} config rotate-keys --status`;
    await context.changed(sentence(rotation), rotation, rotationView, rotation.state === 'running' ? next : undefined);
    if (options.wait === true && rotation.failed > 0) context.exit(ExitCode.no);
  },
};

async function finished(context: CommandContext, path: string, begun: Rotation): Promise<Rotation> {
  const client = await context.client();
  const progress = context.progress();
  progress.stage('sealing anew');
  context.signals.explain(`the registry goes on; look with: ${context.program} config rotate-keys --status`);
  let rotation = begun;
  try {
    while (rotation.state === 'running') {
      await sleep(PAUSE_MS);
      const before = rotation.done;
      rotation = await client.json<Rotation>({ method: 'GET', path });
      progress.advance(rotation.done - before);
    }
  } finally {
    progress.stop();
    context.signals.explain(undefined);
  }
  return rotation;
}

function sentence({ state, key_version: version, total, done, failed, percent }: Rotation): string {
  if (state === 'none') return 'no keys have been rotated yet';
  const lost = failed > 0 ? `, ${grouped(failed)} could not be opened and stay as they are` : '';
  const so = `${grouped(done)} of ${grouped(total)} values moved${lost}`;
  return state === 'done' ? `data key ${version} is in use; ${so}` : `data key ${version}: ${so} (${percent} %)`;
}
