/** Manifests and other files, as the examples of commands name them. */
export const FILES: Record<string, string> = {
  'plugin.yaml': manifest(
    'fraud-alerts',
    '1.0.0',
    `{ dependencies: { plugins: ['feature-store>=1.2.0,<2.0.0'], system: ['python>=3.10'] }, mesh_integration: { service_name: fraud-alerts, port: 8080, protocol: http } }`,
  ),
  'feature-store/plugin.yaml': manifest('feature-store', '1.4.2'),
  'plugins/clicks.yaml': manifest('clicks', '0.3.0'),
  'plugins/store.yaml': manifest('feature-store', '1.4.2'),
  'password.txt': 's3cret\n',
  'leaked.txt': `ureg_${'0'.repeat(49)}\n`,
  'production.env': '# of the shop\nDB_POOL_SIZE=25\nLOG_LEVEL=info\n',
  'changes.yaml': '- { op: check_absent, key: cache.url }\n- { op: set, key: cache.size, value: 512 }\n',
  'unleash.json': JSON.stringify({
    version: 1,
    features: [{ name: 'dark-mode', strategies: [{ name: 'default' }], enabled: true }],
  }),
};

function manifest(name: string, version: string, spec = '{ license: Apache-2.0 }'): string {
  return `apiVersion: plugin.nexuspro.io/v1\nkind: Plugin\nmetadata: { name: ${name}, version: ${version} }\nspec: ${spec}\n`;
}
