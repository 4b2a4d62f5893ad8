import { column } from '../output/view.js';
import { numberOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';

export const pluginWords: KindWords = {
  name: 'plugin',
  path: 'plugins',
  one: 'a plugin',
  summary: 'Register, resolve, install and activate plugins',
  description:
    'A plugin is named by its id, its key (plugin_fraud-scoring@1.0.0) or its name; without @version the newest one is meant.',
  fields: [
    'display_name',
    'author',
    'license',
    'repository',
    'icon',
    'capabilities',
    'dependencies',
    'mesh_integration',
    'ui',
    'successor',
  ],
  columns: [
    column('VERSION', 'version'),
    column('LICENSE', 'license'),
    column('AUTHOR', 'author', { wide: true }),
    column('REQUIRES', 'dependencies.plugins', { wide: true }),
  ],
  flags: [
    { flags: '--display-name <text>', field: 'display_name', summary: 'name for people' },
    { flags: '--author <author>', field: 'author', summary: 'who made it', common: true },
    { flags: '--license <spdx>', field: 'license', summary: 'e.g. Apache-2.0', common: true },
    { flags: '--repository <url>', field: 'repository', summary: 'where its source is' },
    {
      flags: '--requires <plugin>',
      field: 'dependencies.plugins',
      summary: 'a plugin it needs, e.g. "feature-store>=1.2.0,<2.0.0"',
      repeatable: true,
      common: true,
    },
    {
      flags: '--requires-system <fact>',
      field: 'dependencies.system',
      summary: 'what the host must offer, e.g. "python>=3.10"',
      repeatable: true,
      common: true,
    },
    {
      flags: '--mesh-service <name>',
      field: 'mesh_integration.service_name',
      summary: 'service it brings into the mesh',
    },
    { flags: '--mesh-port <port>', field: 'mesh_integration.port', summary: 'its port', read: numberOf },
  ],
  filters: [],
  verbs: [
    {
      name: 'install',
      summary: 'Install a plugin, its dependencies resolved',
      next: 'activate',
      options: [
        { flags: '--host <host>', summary: 'whose facts the system requirements are held against', completes: 'host' },
      ],
    },
    { name: 'activate', aliases: ['enable'], summary: 'Activate a plugin' },
    { name: 'deactivate', aliases: ['disable'], summary: 'Deactivate a plugin' },
    {
      name: 'deprecate',
      summary: 'Deprecate a plugin',
      options: [{ flags: '--successor <plugin>', summary: 'what takes its place', completes: 'plugin', common: true }],
    },
    { name: 'uninstall', summary: 'Uninstall a plugin' },
  ],
  sample: {
    id: 'plugin_fraud-scoring',
    create: 'plugin create fraud-scoring 1.0.0 --license Apache-2.0 --tag shop',
    update: 'plugin update plugin_fraud-scoring --author team-payments',
  },
};
