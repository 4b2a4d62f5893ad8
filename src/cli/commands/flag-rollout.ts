import { featureFlagWords, STRATEGIES } from '../kinds/feature-flag.words.js';
import { given, IF_MATCH, numberOf, pathOf } from '../kinds/kind-request.js';
import { kindView } from '../kinds/kind-view.js';
import type { CommandContext } from '../core/context.js';
import { parseCount } from '../core/duration.js';
import type { LeafSpec } from '../spec/types.js';
import type { Entry } from '../views/entry-view.js';
import { ENVIRONMENT, FLAG } from './flag-context.js';

export const flagView = kindView(featureFlagWords);
const MOST_REVISIONS = 2 ** 31 - 1;

export const rolloutLeaf: LeafSpec = {
  name: 'rollout',
  summary: 'Roll a feature flag out to a percentage',
  description: 'Raising it switches nobody off. Below 100 the flag is in the state rollout, from then on enabled.',
  arguments: [FLAG, { name: 'percentage', summary: 'from 0 to 100', asked: { question: 'To how many? (0 to 100)' } }],
  options: [
    ENVIRONMENT,
    { flags: '--strategy <strategy>', summary: STRATEGIES.join(', '), choices: STRATEGIES, common: true },
    IF_MATCH,
  ],
  examples: [
    { cmd: 'feature-flag rollout new-checkout 25' },
    { cmd: 'feature-flag rollout new-checkout 5 --environment production --strategy canary' },
  ],
  effect: 'writes',
  view: flagView,
  operations: ['POST /api/v1/features/{id}/rollout'],
  async run(context, { args, options }) {
    const percentage = numberOf(String(args[1]).replace(/%$/, ''), 'percentage');
    const body = given({ percentage, strategy: options.strategy, environment: options.environment });
    await change(context, String(args[0]), 'rollout', body, options, (flag) => {
      return `${flag.key} is at ${percentage} %${where(options)}: ${String(flag.status)}`;
    });
  },
};

export const pauseLeaf: LeafSpec = {
  name: 'pause',
  summary: 'Pause a rollout: its schedule takes no step until it is resumed',
  arguments: [FLAG],
  options: [ENVIRONMENT, { flags: '--reason <text>', summary: 'told in answers', common: true }, IF_MATCH],
  examples: [{ cmd: 'feature-flag pause new-checkout --reason "Errors are looked into"' }],
  effect: 'writes',
  view: flagView,
  operations: ['POST /api/v1/features/{id}/pause'],
  async run(context, { args, options }) {
    const body = given({ reason: options.reason, environment: options.environment });
    await change(context, String(args[0]), 'pause', body, options, ({ key }) => `${key} is paused${where(options)}`);
  },
};

export const resumeLeaf: LeafSpec = {
  name: 'resume',
  summary: 'Let a paused rollout go on',
  description: 'What a guardrail has measured until now counts no more.',
  arguments: [FLAG],
  options: [ENVIRONMENT, IF_MATCH],
  examples: [{ cmd: 'feature-flag resume new-checkout' }],
  effect: 'writes',
  view: flagView,
  operations: ['POST /api/v1/features/{id}/resume'],
  async run(context, { args, options }) {
    const body = given({ environment: options.environment });
    await change(context, String(args[0]), 'resume', body, options, ({ key }) => `${key} goes on${where(options)}`);
  },
};

export const revertLeaf: LeafSpec = {
  name: 'revert',
  summary: 'Make the settings of an earlier revision the present ones, as a new revision',
  description: 'Which revisions there were, "feature-flag events" tells.',
  arguments: [
    FLAG,
    { name: 'revision', summary: 'of the flag', completes: 'flag-revision', asked: { question: 'To which revision?' } },
  ],
  options: [IF_MATCH],
  examples: [{ cmd: 'feature-flag revert new-checkout 1' }],
  effect: 'writes',
  view: flagView,
  operations: ['POST /api/v1/features/{id}/revert'],
  async run(context, { args, options }) {
    const revision = parseCount(String(args[1]), 'revision', 1, MOST_REVISIONS);
    await change(context, String(args[0]), 'revert', { revision }, options, (flag) => {
      return `${flag.key} is as it was at revision ${revision}, now revision ${flag.revision}`;
    });
  },
};

const where = ({ environment }: Record<string, unknown>): string =>
  environment === undefined ? '' : ` in ${String(environment)}`;

async function change(
  context: CommandContext,
  id: string,
  verb: string,
  body: Record<string, unknown>,
  options: Record<string, unknown>,
  sentence: (flag: Entry) => string,
): Promise<void> {
  const answer = await context.send({
    method: 'POST',
    path: pathOf(featureFlagWords, id, verb),
    body,
    ifMatch: options.ifMatch as string | undefined,
  });
  if (!answer) return;
  const flag = answer.json<Entry>();
  const next = `${context.program} feature-flag schedule ${String(flag.key)}`;
  await context.changed(sentence(flag), flag, flagView, next);
}
