import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { NODE_TYPES } from '../kinds/grid.words.js';
import { given, numberOf } from '../kinds/kind-request.js';
import { isMachineFormat } from '../output/format.js';
import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';

const SOURCES = ['kubernetes', 'dns'] as const;

type Found = Record<string, unknown>;

const foundView: View<Found> = {
  fields: ['name', 'outcome', 'address', 'id', 'status', 'detail'],
  columns: [
    column('RESULT', 'outcome', { state: true }),
    column('NAME', 'name'),
    column('ADDRESS', 'address'),
    column('STATUS', 'status', { state: true }),
    column('DETAIL', 'detail'),
    column('ID', 'id', { wide: true }),
  ],
  name: (found) => String(found.name ?? ''),
};

export const gridDiscoverLeaf: LeafSpec = {
  name: 'discover',
  summary: 'Register the machines of a Kubernetes cluster, or what SRV records name',
  description: 'The registry asks, not this program. Exit code 9 when some of them could not be registered.',
  arguments: [
    {
      name: 'source',
      summary: SOURCES.join(' or '),
      asked: { question: 'Where are they? (kubernetes or dns)' },
      completes: SOURCES,
    },
    { name: 'name', summary: 'of dns: whose SRV records, e.g. _grid._tcp.example.com' },
  ],
  options: [
    { flags: '--selector <labels>', summary: 'of kubernetes: only machines with these labels', common: true },
    { flags: '--port <port>', summary: 'of kubernetes: where they listen' },
    { flags: '--type <type>', summary: `${NODE_TYPES.join(', ')} (default compute)`, common: true },
    { flags: '--region <region>', summary: 'of those whose source names none' },
    { flags: '--zone <zone>', summary: 'of those whose source names none' },
    { flags: '--activate', summary: 'give new ones work at once, if they are ready', common: true },
  ],
  examples: [
    { cmd: 'grid discover dns _grid._tcp.example.com --type worker', norun: 'needs records of yours' },
    { cmd: 'grid discover kubernetes --selector role=grid --activate', norun: 'needs a cluster' },
  ],
  effect: 'writes',
  view: foundView,
  operations: ['POST /api/v1/grid/discover'],
  async run(context, { args, options }) {
    const [source, name] = args as (string | undefined)[];
    const answer = await context.send({
      method: 'POST',
      path: '/api/v1/grid/discover',
      // What is registered already stays as it is.
      repeatable: true,
      body: given({
        source,
        name,
        label_selector: options.selector,
        port: options.port === undefined ? undefined : numberOf(String(options.port), '--port'),
        type: options.type,
        region: options.region,
        zone: options.zone,
        activate: options.activate,
      }),
    });
    if (!answer) return;
    const { nodes, invalid } = answer.json<{ nodes: Found[]; invalid: number }>();
    const said = `${nodes.length - invalid} of ${nodes.length} are registered`;
    if (invalid > 0 && isMachineFormat(context.format)) {
      throw new CliError('cli.partial', said, { exitCode: ExitCode.partial, details: { nodes } });
    }
    await context.list(nodes, foundView);
    if (invalid > 0) throw new CliError('cli.partial', said, { exitCode: ExitCode.partial });
    context.notice(said);
  },
};
