import { merged, withUnset } from '../kinds/kind-input.js';
import { given } from '../kinds/kind-request.js';
import { LOAD_BALANCERS } from '../kinds/mesh.words.js';
import { parseCount } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import { readDocuments } from '../core/input.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { asObject, assignments } from './entry-input.js';

type Config = Record<string, unknown>;

const PATH = '/api/v1/mesh/config';
const OWN = ['timeout_ms', 'load_balancer', 'circuit_breaker', 'tracing'] as const;

const configView: View<Config> = {
  fields: [...OWN, 'version', 'proxy', 'updated_at', 'updated_by'],
  columns: [...OWN.map((field) => column<Config>(field.toUpperCase(), field)), column('VERSION', 'version')],
  name: ({ version }) => String(version),
};

const showLeaf: LeafSpec = {
  name: 'show',
  aliases: ['get'],
  summary: 'Show what holds for every route that says nothing else',
  examples: [{ cmd: 'mesh config show' }, { cmd: 'mesh config -o json' }],
  effect: 'reads',
  view: configView,
  operations: [`GET ${PATH}`],
  async run(context) {
    const client = await context.client();
    await context.one(await client.json<Config>({ method: 'GET', path: PATH }), configView);
  },
};

const setLeaf: LeafSpec = {
  name: 'set',
  summary: 'Set what holds for every route that says nothing else',
  description: `Fields: ${OWN.join(', ')}. Given pairs are put into what is there; --file replaces all of it.`,
  arguments: [
    {
      name: 'pair',
      summary: 'field=value; a dot reaches inside, the value may be JSON',
      variadic: true,
      asked: { question: 'What? (field=value)', unless: ['file', 'unset'] },
    },
  ],
  options: [
    { flags: '-f, --file <file>', summary: 'JSON or YAML that becomes the whole of it', common: true },
    {
      flags: '--unset <field>',
      summary: 'as the registry has it by itself',
      completes: [],
      repeatable: true,
      common: true,
    },
  ],
  examples: [{ cmd: 'mesh config set timeout_ms=5000 circuit_breaker.failure_threshold=10' }],
  effect: 'writes',
  view: configView,
  operations: [`PUT ${PATH}`, `GET ${PATH}`],
  async run(context, { args, options }) {
    const pairs = (args[0] as string[] | undefined) ?? [];
    const unset = (options.unset as string[] | undefined) ?? [];
    if (options.file !== undefined && pairs.length + unset.length > 0) {
      throw usageError('give either fields, or --file');
    }
    const client = await context.client();
    let body: Config;
    if (options.file === undefined) {
      const change = withUnset(assignments(pairs, 'a field'), unset);
      const before = await client.json<Config>({ method: 'GET', path: PATH });
      body = merged(Object.fromEntries(OWN.map((field) => [field, before[field]])), change);
    } else {
      const documents = await readDocuments(String(options.file), context.terminal.stdin);
      if (documents.length !== 1) throw usageError(`${String(options.file)} must hold one configuration`);
      body = asObject(documents[0]?.value, String(options.file));
    }
    const answer = await context.send({ method: 'PUT', path: PATH, body });
    if (!answer) return;
    const config = answer.json<Config>();
    await context.changed(`the mesh is configured, version ${String(config.version)}`, config, configView);
  },
};

export const meshConfigGroup: GroupSpec = {
  name: 'config',
  summary: 'Read and write what holds for every route that says nothing else',
  fallback: 'show',
  children: [showLeaf, setLeaf],
};

interface Tracing extends Record<string, unknown> {
  enabled: boolean;
  sample_percent: number;
  per_second: number;
}

const tracingView: View<Tracing> = {
  fields: ['enabled', 'sample_percent', 'per_second'],
  columns: [
    column('ENABLED', 'enabled'),
    column('SAMPLE %', 'sample_percent', { right: true }),
    column('A SECOND', 'per_second', { right: true }),
  ],
  name: ({ enabled }) => (enabled ? 'on' : 'off'),
};

function tracingLeaf(verb: 'enable' | 'disable', about: Pick<LeafSpec, 'summary' | 'options' | 'examples'>): LeafSpec {
  return {
    ...about,
    name: verb,
    effect: 'writes',
    view: tracingView,
    operations: [`POST /api/v1/mesh/tracing/${verb}`],
    async run(context, { options }) {
      const sample = options.sample === undefined ? undefined : parseCount(String(options.sample), '--sample', 0, 100);
      const most =
        options.perSecond === undefined ? undefined : parseCount(String(options.perSecond), '--per-second', 0, 100_000);
      const body = given({ sample_percent: sample, per_second: most });
      const answer = await context.send({
        method: 'POST',
        path: `/api/v1/mesh/tracing/${verb}`,
        body: verb === 'enable' ? body : undefined,
      });
      if (!answer) return;
      const now = answer.json<Tracing>();
      const sentence = now.enabled
        ? `the proxy traces ${now.sample_percent} % of requests, at most ${now.per_second} a second`
        : 'the proxy traces nothing';
      await context.changed(sentence, now, tracingView);
    },
  };
}

export const tracingGroup: GroupSpec = {
  name: 'tracing',
  summary: 'Let the proxy trace requests, or not',
  children: [
    tracingLeaf('enable', {
      summary: 'Let the proxy trace requests, all or a share of them',
      options: [
        { flags: '--sample <percent>', summary: 'so many of 100 (default as before)', common: true },
        { flags: '--per-second <n>', summary: 'at most, by each replica (default as before)', common: true },
      ],
      examples: [{ cmd: 'mesh tracing enable --sample 10' }],
    }),
    tracingLeaf('disable', { summary: 'Let the proxy trace nothing', examples: [{ cmd: 'mesh tracing disable' }] }),
  ],
};

interface Balancer extends Record<string, unknown> {
  service: string;
  load_balancer: string;
}

const balancerView: View<Balancer> = {
  fields: ['service_id', 'service', 'load_balancer', 'version'],
  columns: [column('SERVICE', 'service'), column('BALANCER', 'load_balancer'), column('VERSION', 'version')],
  name: ({ service }) => service,
};

export const balancerLeaf: LeafSpec = {
  name: 'balancer',
  summary: 'Choose how requests are shared among the instances of a service',
  description: 'On every route that says nothing else.',
  arguments: [
    {
      name: 'service',
      summary: 'id, key or name of the service',
      asked: { question: 'Which service? (id, key or name)' },
      completes: 'service',
    },
    { name: 'balancer', summary: LOAD_BALANCERS.join(', '), asked: { question: 'How?' }, completes: LOAD_BALANCERS },
  ],
  examples: [{ cmd: 'mesh balancer svc_checkout least_conn' }],
  effect: 'writes',
  view: balancerView,
  operations: ['PUT /api/v1/mesh/services/{id}/balancer'],
  async run(context, { args }) {
    const [service, balancer] = args as [string, string];
    const path = `/api/v1/mesh/services/${encodeURIComponent(service)}/balancer`;
    const answer = await context.send({ method: 'PUT', path, body: { load_balancer: balancer } });
    if (!answer) return;
    const now = answer.json<Balancer>();
    await context.changed(`${now.service} is balanced by ${now.load_balancer}`, now, balancerView);
  },
};
