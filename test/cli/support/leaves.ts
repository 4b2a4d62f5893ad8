import { topCommandsOf } from '../../../src/cli/groups.js';
import { KIND_CALLS } from './kind-calls.js';
import { leavesOf, type LeafSpec } from '../../../src/cli/spec/types.js';
import { AI_CALLS } from './stub-ai.js';
import { GRAPH_CALLS } from './stub-graph.js';

export interface Leaf {
  /** `graph impact`. */
  path: string;
  words: string[];
  spec: LeafSpec;
}

/** Every command of the program, hidden ones left out. */
export async function everyLeaf(program = 'ureg'): Promise<Leaf[]> {
  const specs = await Promise.all(
    topCommandsOf(program)
      .filter((top) => !top.hidden)
      .map((top) => top.load()),
  );
  return specs.flatMap((spec) =>
    [...leavesOf(spec)].map(({ words, leaf }) => ({ path: words.join(' '), words, spec: leaf })),
  );
}

/**
 * A valid call of every command. `FILE` stands for an index file, `EXPORT` for an export, `BACKUP` for a backup; commands that ask the registry
 * nothing are marked.
 */
export const CALLS: Record<string, { args: string[]; local?: true; stdin?: string }> = {
  list: { args: ['plugin', 'ai-ml'] },
  get: { args: ['plugin_my-service'] },
  create: { args: ['plugin', 'my-service', '1.0.0'] },
  update: { args: ['plugin_my-service', '--status', 'inactive'] },
  delete: { args: ['plugin_my-service', '--yes'] },
  history: { args: ['plugin_my-service'] },
  watch: { args: ['--once'] },
  'relationship list': { args: ['plugin_my-service'] },
  'relationship get': { args: ['1042'] },
  'relationship create': { args: ['plugin_my-service', 'depends_on', 'svc_my-api'] },
  'relationship update': { args: ['1042', '--weight', '2'] },
  'relationship delete': { args: ['1042', '--yes'] },
  'features list': { args: [] },
  'features create': { args: ['payments'] },
  'features delete': { args: ['payments', '--yes'] },
  'classification rules list': { args: [] },
  'classification rules add': { args: ['stripe|adyen', 'payments'] },
  'classification rules delete': { args: ['r', '--yes'] },
  'classification test': { args: ['neural-ranker'] },
  ...KIND_CALLS,
  search: { args: ['tensorflow'] },
  suggest: { args: ['tens'] },
  related: { args: ['plugin_my-service'] },
  facets: { args: ['tensorflow'] },
  trending: { args: [] },
  'index stats': { args: [] },
  'index rebuild': { args: [] },
  ...GRAPH_CALLS,
  ...AI_CALLS,
  stats: { args: [] },
  'import entries': { args: ['EXPORT'] },
  'import debian': { args: ['FILE'] },
  export: { args: [] },
  'backup create': { args: ['made.ureg'] },
  'backup verify': { args: ['BACKUP'], local: true },
  restore: { args: ['BACKUP', '--data-dir', 'elsewhere'], local: true },
  migrate: { args: ['--to', 'postgresql://registry@localhost/registry'], local: true },
  setup: { args: ['--as', 'here'] },
  login: { args: ['--as', 'here'] },
  logout: { args: ['here'], local: true },
  whoami: { args: [] },
  'key list': { args: [] },
  'key get': { args: ['ci'] },
  'key create': { args: ['--name', 'ci', '--permission', 'read:entities'] },
  'key update': { args: ['ci', '--role', 'viewer'] },
  'key rotate': { args: ['ci'] },
  'key revoke': { args: ['ci', '--yes'] },
  'key usage': { args: ['ci'] },
  'key leaked': { args: ['--yes'], stdin: `ureg_${'0'.repeat(49)}` },
  'key signing rotate': { args: [] },
  'key data list': { args: [] },
  'key data rotate': { args: [] },
  usage: { args: [] },
  'audit list': { args: [] },
  'audit verify': { args: [] },
  'audit export': { args: [] },
  'token create': { args: [] },
  'token refresh': { args: [], stdin: `refresh_${'0'.repeat(49)}` },
  'token revoke': { args: ['--yes'], stdin: `refresh_${'0'.repeat(49)}` },
  'token keys': { args: [] },
  'role list': { args: [] },
  'role get': { args: ['release-manager'] },
  'role create': { args: ['release-manager', '--permission', 'read:*'] },
  'role update': { args: ['release-manager', '--description', 'x'] },
  'role delete': { args: ['release-manager', '--yes'] },
  'permission list': { args: [] },
  'auth status': { args: [] },
  'auth login': { args: ['--as', 'here'] },
  'auth logout': { args: ['here'], local: true },
  'profile add': { args: ['there'], local: true },
  'profile use': { args: ['here'], local: true },
  'profile list': { args: [], local: true },
  'profile show': { args: ['here'], local: true },
  'profile remove': { args: ['here'], local: true },
  'config-file path': { args: [], local: true },
  health: { args: [] },
  api: { args: ['POST', 'entities', '--data', '{"type":"plugin","name":"x"}'] },
  explain: { args: ['service'], local: true },
  'api-resources': { args: [], local: true },
  completion: { args: ['bash'], local: true },
};
