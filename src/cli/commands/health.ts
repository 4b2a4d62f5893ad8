import { setTimeout as sleep } from 'node:timers/promises';
import type { RegistryClient } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { paintState } from '../output/colour.js';
import { grouped } from '../output/time.js';
import type { View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';

interface Health extends Record<string, unknown> {
  status: string;
  version?: string;
  uptime?: number;
  stats?: { total_entities?: number; total_relationships?: number };
  checks?: Record<string, unknown>;
}

const WELL = new Set(['healthy', 'ok', 'up', 'pass']);
const POLL_MS = 500;

const healthView: View<Health> = {
  fields: ['status', 'timestamp', 'version', 'uptime', 'stats', 'checks'],
  columns: [],
  name: (health) => health.status,
};

export const healthCommand: LeafSpec = {
  name: 'health',
  summary: 'Ask whether the registry is well',
  description: 'Exit code 0 when it is healthy, 10 when it answers but is not, 6 when it does not answer.',
  options: [{ flags: '--wait', summary: 'wait until it is healthy, as long as --timeout', common: true }],
  examples: [
    { cmd: 'health' },
    { cmd: 'health --wait --timeout 2m', note: 'in start scripts' },
    { cmd: 'health -o json' },
  ],
  effect: 'reads',
  view: healthView,
  operations: ['GET /health'],
  async run(context, { options }) {
    const client = context.clientWith(undefined);
    const health = options.wait === true ? await waitUntilWell(context, client) : await ask(client);
    client.close();
    const plain = context.format.name === 'table' && context.flags.fields === undefined && !context.quiet;
    if (plain) await context.write(`${sentence(context, client.server, health)}\n`);
    else await context.one(health, healthView);
    if (!WELL.has(health.status)) context.exit(ExitCode.no);
  },
};

function ask(client: RegistryClient): Promise<Health> {
  return client.json<Health>({ method: 'GET', path: '/health', accepts: [503] });
}

async function waitUntilWell(context: CommandContext, client: RegistryClient): Promise<Health> {
  const deadline = Date.now() + context.settings.timeoutMs.value;
  const progress = context.progress();
  progress.stage(`waiting for ${client.server}`);
  context.signals.explain(
    `${client.server} does not know that you waited; ask again with: ${context.program} health --wait`,
  );
  try {
    for (;;) {
      const health = await ask(client).catch((error: unknown) => {
        if (error instanceof CliError && error.exitCode === ExitCode.unreachable) return error;
        throw error;
      });
      if (!(health instanceof CliError) && WELL.has(health.status)) return health;
      if (Date.now() + POLL_MS > deadline) {
        throw new CliError('cli.wait_unmet', `${client.server} did not become healthy in time`, {
          exitCode: ExitCode.no,
          reason: health instanceof CliError ? health.reason : `it says ${health.status}`,
        });
      }
      await sleep(POLL_MS);
    }
  } finally {
    progress.stop();
    context.signals.explain(undefined);
  }
}

function sentence(context: CommandContext, server: string, health: Health): string {
  const parts = [`${paintState(health.status, context.paint)}  ${server}`];
  if (health.version) parts.push(`version ${health.version}`);
  if (typeof health.uptime === 'number') parts.push(`up ${Math.floor(health.uptime)} s`);
  const { total_entities: entries, total_relationships: edges } = health.stats ?? {};
  if (entries !== undefined) parts.push(`${grouped(entries)} entries, ${grouped(edges ?? 0)} relationships`);
  for (const [name, check] of Object.entries(health.checks ?? {})) {
    const state = typeof check === 'string' ? check : (check as { status?: string } | null)?.status;
    if (state !== undefined && !WELL.has(state)) parts.push(`${name}: ${state}`);
  }
  return parts.join(', ');
}
