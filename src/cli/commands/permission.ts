import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';

interface PermissionInfo extends Record<string, unknown> {
  permission: string;
  routes: string[];
}

const permissionView: View<PermissionInfo> = {
  fields: ['permission', 'routes'],
  columns: [
    column('PERMISSION', 'permission'),
    { title: 'ROUTES', value: ({ routes }) => routes.length, right: true },
    { title: 'OPENS', value: ({ routes }) => routes.join(', ').replaceAll('/api/v1/', '') },
  ],
  name: ({ permission }) => permission,
};

const listCommand: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List every permission and the routes it opens',
  description: 'Keys and roles may also hold wildcards for whole parts: read:*, *:entities, admin:*, *.',
  examples: [{ cmd: 'permission list' }, { cmd: 'permission list -o name' }],
  effect: 'reads',
  view: permissionView,
  operations: ['GET /api/v1/gateway/permissions'],
  async run(context) {
    const client = await context.client();
    const permissions = await client.json<PermissionInfo[]>({ method: 'GET', path: '/api/v1/gateway/permissions' });
    await context.list(permissions, permissionView);
  },
};

export const permissionCommand: GroupSpec = {
  name: 'permission',
  summary: 'See what can be permitted',
  children: [listCommand],
};
