import { hostname } from 'node:os';
import { pathOf } from '../kinds/kind-request.js';
import { commandOf } from '../aliases.js';
import { usageError } from '../core/errors.js';
import { age } from '../output/time.js';
import { column, type View } from '../output/view.js';
import type { ArgumentSpec, GroupSpec, LeafSpec } from '../spec/types.js';
import { bulkResultView } from '../views/bulk-view.js';
import { questionFor, runBatch } from './batch-answer.js';

const SYSTEM = { path: 'system' };
const HOST: ArgumentSpec = {
  name: 'host',
  summary: 'name of the host',
  completes: 'host',
  asked: { question: 'Which host? (its name)', unless: ['here'] },
};

interface Facts extends Record<string, unknown> {
  host: string;
  facts: Record<string, unknown>;
}

const factsView: View<Facts> = {
  fields: ['host', 'facts', 'reported_at'],
  columns: [
    column('HOST', 'host'),
    {
      title: 'OFFERS',
      value: ({ facts }) => Object.entries(facts ?? {}).map(([name, value]) => `${name}=${String(value)}`),
    },
    { title: 'AGE', value: ({ reported_at: at }) => age(at), right: true },
  ],
  name: ({ host }) => host,
};

const listLeaf: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List what each host said it offers',
  examples: [{ cmd: 'plugin facts list' }],
  effect: 'reads',
  view: factsView,
  operations: ['GET /api/v1/system/facts'],
  async run(context) {
    const client = await context.client();
    const facts = await client.json<Facts[]>({ method: 'GET', path: pathOf(SYSTEM, 'facts') });
    await context.list(facts, factsView);
    if (facts.length === 0) {
      context.notice(
        `no host has said what it offers; ${commandOf(context.program, 'plugin')} facts report <host> python=3.11.2`,
      );
    }
  },
};

const reportLeaf: LeafSpec = {
  name: 'report',
  summary: 'Say what a host offers: system requirements of plugins are held against it',
  description: 'In place of what it said before. --here tells of this machine: its name, node, os and arch.',
  arguments: [HOST, { name: 'fact', summary: 'name=version, or name=true', variadic: true }],
  options: [{ flags: '--here', summary: 'what this machine offers, beside the facts that are given', common: true }],
  examples: [{ cmd: 'plugin facts report build-1 python=3.11.2 docker=true' }],
  effect: 'writes',
  view: factsView,
  operations: ['PUT /api/v1/system/facts'],
  async run(context, { args, options }) {
    const [word, more] = args as [string | undefined, string[]];
    const here = options.here === true;
    // With --here the host need not be named, so that the first word may be a fact.
    const named = word !== undefined && !(here && word.includes('='));
    const pairs = word !== undefined && !named ? [word, ...more] : more;
    const facts = { ...(here ? ofThisMachine() : {}), ...Object.fromEntries(pairs.map(factOf)) };
    if (Object.keys(facts).length === 0) throw usageError('give at least one fact, e.g. python=3.11.2, or --here');
    const answer = await context.send({
      method: 'PUT',
      path: pathOf(SYSTEM, 'facts'),
      body: { host: named ? word : hostname(), facts },
    });
    if (!answer) return;
    const after = answer.json<Facts>();
    const names = Object.keys(after.facts).join(', ');
    await context.changed(`${after.host} offers ${names}`, after, factsView);
  },
};

const forgetLeaf: LeafSpec = {
  name: 'forget',
  summary: 'Forget hosts and what they said',
  arguments: [{ ...HOST, summary: 'names of hosts', variadic: true, asked: { question: 'Which host? (its name)' } }],
  examples: [{ cmd: 'plugin facts forget build-1 --yes' }],
  effect: 'deletes',
  view: bulkResultView,
  operations: ['DELETE /api/v1/system/facts/{host}'],
  async run(context, { args }) {
    const hosts = args[0] as string[];
    const what = hosts.length === 1 ? `what ${hosts[0]} offers` : `what ${hosts.length} hosts offer`;
    if (!context.dryRun) await context.confirm(questionFor(context, `Forget ${what}`));
    await runBatch(
      context,
      {
        items: hosts,
        done: 'deleted',
        name: (host) => ({ key: host }),
        act: (host) => context.send({ method: 'DELETE', path: pathOf(SYSTEM, 'facts', host) }),
      },
      `forgot ${hosts[0]}`,
    );
  },
};

export const factsGroup: GroupSpec = {
  name: 'facts',
  summary: 'See and say what hosts offer: python, docker, cuda and the like',
  description: 'System requirements of plugins are held against it, at their installation with --host.',
  children: [listLeaf, reportLeaf, forgetLeaf],
};

/** `python=3.10` stays a text: read as a number it would become 3.1. */
function factOf(pair: string): [string, string | boolean] {
  const at = pair.indexOf('=');
  if (at < 1) throw usageError(`${JSON.stringify(pair)} is not name=version`);
  const value = pair.slice(at + 1);
  return [pair.slice(0, at).toLowerCase(), value === 'true' || value === 'false' ? value === 'true' : value];
}

function ofThisMachine(): Record<string, string> {
  return { node: process.versions.node, os: process.platform, arch: process.arch };
}
