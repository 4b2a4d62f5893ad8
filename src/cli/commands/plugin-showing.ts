import { idArgument, pathOf, rowsOf } from '../kinds/kind-request.js';
import { pluginWords } from '../kinds/plugin.words.js';
import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import type { Entry } from '../views/entry-view.js';
import { pageWish } from './list-options.js';
import { printPages } from './pages.js';

const PLUGIN = idArgument(pluginWords);

type Step = Record<string, unknown>;

const stepView: View<Step> = {
  fields: ['plugin', 'order', 'plan', 'system', 'host', 'warnings'],
  columns: [
    column('PLUGIN', 'key'),
    column('VERSION', 'version'),
    column('STATUS', 'status', { state: true }),
    column('ACTION', 'action'),
    { title: 'REQUESTED BY', value: requestsOf },
  ],
  name: (step) => String(step.key ?? step.plugin ?? ''),
};

/** `plugin_a@1.0.0 (store>=1.2.0)`: who wants it, and which versions of it. */
function requestsOf({ requested_by }: Step): string {
  return rowsOf<Step>(requested_by)
    .map(({ by, constraint }) => `${String(by)} (${String(constraint)})`)
    .join(', ');
}

export const resolutionLeaf: LeafSpec = {
  name: 'resolution',
  aliases: ['resolve'],
  summary: 'Show the versions an installation would take, in their order',
  description: 'A conflict or a cycle is explained by the chain that leads to it (exit code 11).',
  arguments: [PLUGIN],
  options: [
    {
      flags: '--host <host>',
      summary: 'whose facts the system requirements are held against',
      completes: 'host',
      common: true,
    },
  ],
  examples: [{ cmd: 'plugin resolution plugin_fraud-alerts' }],
  effect: 'reads',
  view: stepView,
  operations: ['GET /api/v1/plugins/{id}/resolution'],
  async run(context, { args, options }) {
    const client = await context.client();
    const path = pathOf(pluginWords, String(args[0]), 'resolution');
    const query = { host: options.host as string | undefined };
    const answer = await client.json<Step>({ method: 'GET', path, query });
    const table = ['table', 'wide', 'name'].includes(context.format.name) && context.flags.fields === undefined;
    if (!table && !context.quiet) return context.one(answer, stepView);
    await context.list(rowsOf<Step>(answer, 'plan'), stepView);
    for (const { requirement, met, found } of rowsOf<Step>(answer, 'system')) {
      const verdict = met === true ? 'met' : met === false ? 'not met' : 'not known';
      context.notice(`${String(requirement)}: ${verdict}${typeof found === 'string' ? ` (${found})` : ''}`);
    }
    for (const warning of rowsOf<string>(answer, 'warnings')) context.notice(warning);
  },
};

export const manifestLeaf: LeafSpec = {
  name: 'manifest',
  summary: 'Print the manifest of a plugin, as it can be registered again',
  description: 'YAML, or JSON with -o json.',
  arguments: [PLUGIN],
  examples: [{ cmd: 'plugin manifest plugin_fraud-alerts' }],
  effect: 'reads',
  operations: ['GET /api/v1/plugins/{id}/manifest'],
  async run(context, { args }) {
    const json = context.format.name.startsWith('json');
    const client = await context.client();
    const answer = await client.request({
      method: 'GET',
      path: pathOf(pluginWords, String(args[0]), 'manifest'),
      accept: json ? 'application/json' : 'application/yaml',
    });
    const text = answer.body.toString('utf8');
    const isJson = String(answer.headers['content-type']).includes('json');
    if (isJson && !json) {
      const { stringify } = await import('yaml');
      return context.write(stringify(answer.json(), { lineWidth: 0 }));
    }
    await context.write(text.endsWith('\n') ? text : `${text}\n`);
  },
};

const meshView: View<Entry> = {
  fields: ['id', 'key', 'name', 'version', 'status', 'health', 'mesh_integration', 'service', 'route', 'links'],
  columns: [
    column('PLUGIN', 'key'),
    column('SERVICE', 'mesh_integration.service_name'),
    column('PORT', 'mesh_integration.port', { right: true }),
    column('PROTOCOL', 'mesh_integration.protocol'),
    column('SIDECAR', 'mesh_integration.sidecar'),
    column('REPLICAS', 'mesh_integration.replicas', { right: true }),
    column('STATUS', 'status', { state: true }),
    column('HEALTH', 'health', { state: true }),
    column('RULES', 'mesh_integration.traffic_rules', { wide: true }),
  ],
  name: (plugin) => plugin.key ?? '',
};

export const meshLeaf: LeafSpec = {
  name: 'mesh',
  summary: 'Show which services plugins bring into the mesh',
  arguments: [{ ...PLUGIN, summary: `${PLUGIN.summary} (all when left out)`, asked: undefined }],
  options: [{ flags: '--status <status>', summary: 'only plugins in this state, e.g. active', common: true }],
  examples: [{ cmd: 'plugin mesh' }, { cmd: 'plugin mesh plugin_fraud-alerts' }],
  effect: 'reads',
  view: meshView,
  operations: ['GET /api/v1/plugins', 'GET /api/v1/plugins/{id}/mesh'],
  async run(context, { args, options }) {
    const id = args[0] as string | undefined;
    if (id !== undefined) {
      const client = await context.client();
      return context.one(await client.json<Entry>({ method: 'GET', path: pathOf(pluginWords, id, 'mesh') }), meshView);
    }
    await printPages<Entry>(context, {
      path: pathOf(pluginWords),
      query: { status: options.status as string | undefined },
      wish: pageWish({ all: true }),
      view: meshView,
      uncounted: true,
      keeps: (plugin) => plugin.mesh_integration !== null && plugin.mesh_integration !== undefined,
      none: 'no plugin brings a service into the mesh',
    });
  },
};
