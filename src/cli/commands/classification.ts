import { usageError } from '../core/errors.js';
import { given, numberOf } from '../kinds/kind-request.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { bulkResultView } from '../views/bulk-view.js';
import { questionFor, runBatch } from './batch-answer.js';

interface Rule extends Record<string, unknown> {
  id: string;
  match: string;
  feature: string;
}

interface Classified extends Record<string, unknown> {
  feature: string | null;
  confidence: number;
  rule: string | null;
}

const PATH = '/api/v1/classification';

const ruleView: View<Rule> = {
  fields: ['id', 'match', 'feature', 'confidence', 'priority', 'created_at'],
  columns: [
    column('MATCH', 'match'),
    column('FEATURE', 'feature'),
    column('CONFIDENCE', 'confidence', { right: true }),
    column('PRIORITY', 'priority', { right: true }),
    column('ID', 'id'),
  ],
  name: ({ id }) => id,
};

const resultView: View<Classified> = {
  fields: ['feature', 'confidence', 'rule', 'candidates'],
  columns: [column('FEATURE', 'feature'), column('CONFIDENCE', 'confidence', { right: true }), column('RULE', 'rule')],
  name: ({ feature }) => feature ?? '',
};

const listLeaf: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List the rules in the order they are tried',
  examples: [{ cmd: 'classification rules list' }],
  effect: 'reads',
  view: ruleView,
  operations: [`GET ${PATH}/rules`],
  async run(context) {
    const client = await context.client();
    const rules = await client.json<Rule[]>({ method: 'GET', path: `${PATH}/rules` });
    await context.list(rules, ruleView);
    if (rules.length === 0) context.notice('no rules');
  },
};

const addLeaf: LeafSpec = {
  name: 'add',
  aliases: ['create'],
  summary: 'Add a rule: what matches it belongs to a feature category',
  description:
    'The expression (RE2) is looked for in names, tags and titles, in any case. An alternative of three letters or fewer\n' +
    'matches whole words only. Try it first: classification test NAME --match EXPRESSION.',
  arguments: [
    { name: 'match', summary: "expression, e.g. '.*(stripe|adyen).*'", required: true },
    { name: 'feature', summary: 'feature category it gives', required: true, completes: 'feature' },
  ],
  options: [
    { flags: '--confidence <n>', summary: 'how sure it is, 0 to 1 (default 0.8)', common: true },
    { flags: '--priority <n>', summary: 'higher is tried first (default 0)', common: true },
  ],
  examples: [{ cmd: "classification rules add '.*(stripe|adyen|payment).*' payments --priority 10" }],
  effect: 'writes',
  view: ruleView,
  operations: [`POST ${PATH}/rules`],
  async run(context, { args, options }) {
    const body = {
      match: String(args[0]),
      feature: String(args[1]),
      ...given({ confidence: numberIn(options, 'confidence'), priority: numberIn(options, 'priority') }),
    };
    const rule = (await context.send({ method: 'POST', path: `${PATH}/rules`, body }))?.json<Rule>();
    if (rule) await context.changed(`added rule ${rule.match} for ${rule.feature} ${rule.id}`, rule, ruleView);
  },
};

const deleteLeaf: LeafSpec = {
  name: 'delete',
  aliases: ['rm'],
  summary: 'Delete rules by their ids',
  arguments: [{ name: 'id', summary: 'ids of the rules', required: true, variadic: true, completes: 'rule' }],
  examples: [
    {
      cmd: 'classification rules delete 0192f0c1-7c3a-7a10-9d5e-0242ac120002 --yes',
      norun: 'needs the id of a rule of yours',
    },
  ],
  effect: 'deletes',
  view: bulkResultView,
  operations: [`DELETE ${PATH}/rules/{id}`],
  async run(context, { args }) {
    const ids = args[0] as string[];
    const what = ids.length === 1 ? `rule ${ids[0]}` : `${ids.length} rules`;
    if (!context.dryRun) await context.confirm(questionFor(context, `Delete ${what}`));
    await runBatch(
      context,
      {
        items: ids,
        done: 'deleted',
        name: (id) => ({ key: id, id }),
        act: (id) => context.send({ method: 'DELETE', path: `${PATH}/rules/${encodeURIComponent(id)}` }),
      },
      `deleted rule ${ids[0]}`,
    );
  },
};

const testLeaf: LeafSpec = {
  name: 'test',
  summary: 'Say which feature category an entry of this name would get, and by which rule',
  description: 'Registers nothing. --match tries an expression of yours in the place of the rules.',
  arguments: [{ name: 'name', summary: 'name of the entry' }],
  options: [
    { flags: '--title <text>', summary: 'its title', common: true },
    { flags: '--tag <tag>', summary: 'one of its tags', repeatable: true, common: true },
    { flags: '--match <expression>', summary: 'try this expression, and no rule', common: true },
  ],
  examples: [
    { cmd: 'classification test neural-ranker --tag ml' },
    { cmd: "classification test stripe-webhook --match '.*(stripe|adyen).*' -o json" },
  ],
  effect: 'reads',
  view: resultView,
  operations: [`POST ${PATH}/test`],
  async run(context, { args, options }) {
    const body = given({ name: args[0], title: options.title, tags: options.tag, match: options.match });
    if (body.name === undefined && body.title === undefined && body.tags === undefined) {
      throw usageError('nothing to classify', { reason: 'give a name, --title or --tag' });
    }
    const client = await context.client();
    const result = await client.json<Classified>({ method: 'POST', path: `${PATH}/test`, body });
    await context.one(result, resultView);
    if (result.rule === null) context.notice('no rule matches');
  },
};

export const classificationCommand: GroupSpec = {
  name: 'classification',
  summary: 'Keep the rules that give entries their feature category, and try them',
  children: [
    {
      name: 'rules',
      summary: 'List, add and delete the rules',
      children: [listLeaf, addLeaf, deleteLeaf],
      fallback: 'list',
    },
    testLeaf,
  ],
};

function numberIn(options: Record<string, unknown>, name: string): number | undefined {
  return options[name] === undefined ? undefined : numberOf(String(options[name]), `--${name}`);
}
