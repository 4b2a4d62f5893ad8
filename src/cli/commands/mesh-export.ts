import { exportLeaf } from '../kinds/kind-transfer.js';
import { meshWords } from '../kinds/mesh.words.js';
import { parseCount } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import type { LeafSpec, OptionSpec } from '../spec/types.js';
import { writeOut } from './write-out.js';

const FORMATS = ['istio', 'gateway-api', 'envoy', 'haproxy', 'caddy'] as const;
/** Each is a parameter of the API under its name. */
const OF_FORMATS: readonly OptionSpec[] = [
  { flags: '--address <address>', summary: 'where the proxy listens (default 0.0.0.0): envoy, haproxy, caddy' },
  { flags: '--port <port>', summary: 'where it listens (default 8080)', common: true },
  { flags: '--namespace <name>', summary: 'of the cluster (default default): istio, gateway-api', common: true },
  { flags: '--domain <domain>', summary: 'of services of the catalog (default ureg.internal): istio' },
  { flags: '--gateway <name>', summary: 'that takes the requests: istio, gateway-api' },
  {
    flags: '--channel <channel>',
    summary: 'standard or experimental: gateway-api',
    completes: ['standard', 'experimental'],
  },
];
const NAMES = ['address', 'port', 'namespace', 'domain', 'gateway', 'channel'] as const;

const shared = exportLeaf(meshWords);

export const meshExportLeaf: LeafSpec = {
  ...shared,
  summary: 'Write routes to a file, or as the configuration of a proxy or a cluster',
  description:
    'With --format every active route with the instances that are healthy now; what a format has no words for stands in\n' +
    'comments at its top. Without, all routes as "mesh import" reads them into another registry.',
  options: [
    { flags: '--format <format>', summary: FORMATS.join(', '), choices: FORMATS, common: true },
    ...OF_FORMATS,
    ...(shared.options ?? []),
  ],
  examples: [
    { cmd: 'mesh export --format haproxy --port 8080' },
    { cmd: 'mesh export --format istio --namespace shop --to routes.yaml', norun: 'writes a file' },
    { cmd: 'mesh export -o yaml' },
  ],
  operations: [...(shared.operations ?? []), 'GET /api/v1/mesh/export'],
  async run(context, invocation) {
    const { options } = invocation;
    if (options.format === undefined) {
      const idle = NAMES.find((name) => options[name] !== undefined);
      if (idle !== undefined)
        throw usageError(`--${idle} needs a --format`, { reason: `formats: ${FORMATS.join(', ')}` });
      return shared.run(context, invocation);
    }
    if (context.flags.output !== undefined) throw usageError('give either --format, or -o');
    const port = options.port === undefined ? undefined : parseCount(String(options.port), '--port', 1, 65_535);
    const rest = NAMES.filter((name) => name !== 'port').map((name) => [name, options[name] as string | undefined]);
    const client = await context.client();
    const response = await client.stream({
      method: 'GET',
      path: '/api/v1/mesh/export',
      query: { format: options.format as string, port, ...Object.fromEntries(rest) },
      accept: '*/*',
    });
    const missing = Number(response.headers['x-not-expressed'] ?? 0);
    await writeOut(context, response, options.to as string | undefined);
    if (missing === 0) return;
    const things = missing === 1 ? '1 thing' : `${missing} things`;
    context.notice(`${things} ${String(options.format)} has no words for; see the top of it`);
  },
};
