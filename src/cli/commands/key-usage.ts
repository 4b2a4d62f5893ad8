import type { View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import type { UsageFigures } from '../views/usage-view.js';
import { findKey, keyPath, KEYS_PATH } from './find-key.js';
import { printUsage, USAGE_OPTIONS, usageQuery, type UsageReport } from './usage-report.js';

interface KeyUsageReport extends UsageReport {
  key_id: string;
  by_route: (UsageFigures & { route: string })[];
  by_key?: (UsageFigures & { key_id: string })[];
}

const reportView: View<KeyUsageReport> = {
  fields: [
    'key_id',
    'name',
    'rotation_group_id',
    'key_ids',
    'last_used_at',
    'from',
    'to',
    'step',
    'totals',
    'by_route',
    'by_key',
    'series',
  ],
  columns: [],
  name: (report) => report.key_id,
};

export const keyUsageCommand: LeafSpec = {
  name: 'usage',
  summary: 'Tell what a key was used for',
  description:
    'Together with the keys it took the place of and that took its place; --by key tells them apart.\n' +
    'Without a key, the one in use tells about itself, which needs no permission.',
  arguments: [{ name: 'key', summary: 'id or name of the key (default: the one in use)', completes: 'key' }],
  options: [...USAGE_OPTIONS, { flags: '--route <route>', summary: 'this route alone, as it is listed' }],
  examples: [{ cmd: 'key usage ci' }, { cmd: 'key usage --by time --since 12h' }],
  effect: 'reads',
  view: reportView,
  operations: ['GET /api/v1/gateway/keys/{id}/usage', 'GET /api/v1/gateway/keys/self/usage'],
  async run(context, { args, options }) {
    const query = {
      ...usageQuery(options),
      route: options.route as string | undefined,
      group_by: options.by === 'key' ? 'key' : undefined,
    };
    const path = args[0] === undefined ? `${KEYS_PATH}/self` : keyPath(await findKey(context, String(args[0])));
    const client = await context.client();
    const report = await client.json<KeyUsageReport>({ method: 'GET', path: `${path}/usage`, query });
    const key = (report.by_key ?? []).map((row) => ({ ...row, of: row.key_id }));
    await printUsage(context, { report, view: reportView, by: options.by, lines: { route: report.by_route, key } });
    if (report.totals.requests === 0) context.notice('not used in this time');
  },
};
