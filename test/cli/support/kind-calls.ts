import { componentWords } from '../../../src/cli/kinds/component.words.js';
import { configWords } from '../../../src/cli/kinds/config.words.js';
import { engineWords } from '../../../src/cli/kinds/engine.words.js';
import { featureFlagWords } from '../../../src/cli/kinds/feature-flag.words.js';
import { gridWords } from '../../../src/cli/kinds/grid.words.js';
import { settingsWord } from '../../../src/cli/kinds/kind-config.js';
import type { KindWords } from '../../../src/cli/kinds/kind-words.js';
import { meshWords } from '../../../src/cli/kinds/mesh.words.js';
import { pluginWords } from '../../../src/cli/kinds/plugin.words.js';
import { registryWords } from '../../../src/cli/kinds/registry.words.js';
import { serviceWords } from '../../../src/cli/kinds/service.words.js';

type Calls = Record<string, { args: string[] }>;

export const KINDS: readonly KindWords[] = [
  serviceWords,
  engineWords,
  componentWords,
  registryWords,
  pluginWords,
  featureFlagWords,
  configWords,
  gridWords,
  meshWords,
];

const NEEDED: Record<string, string[]> = {
  component: ['--type', 'database', '--provider', 'postgresql'],
  registry: ['--level', 'project'],
  grid: ['--host', '10.0.3.17', '--port', '9000'],
};

/** A valid call of every command that every kind has. */
function sharedCalls({ name, verbs, driven }: KindWords): Calls {
  const calls: Calls = {
    list: { args: [] },
    get: { args: ['x'] },
    create: { args: ['x', ...(NEEDED[name] ?? [])] },
    update: { args: ['x', '--owner', 'me'] },
    delete: { args: ['x', '--yes'] },
    'health show': { args: ['x'] },
    'health report': { args: ['x', 'healthy'] },
    'logs show': { args: ['x'] },
    'logs add': { args: ['x', 'a line'] },
    'metrics show': { args: ['x'] },
    'metrics record': { args: ['x', 'cpu=0.5'] },
    'config get': { args: ['x'] },
    'config set': { args: ['x', 'pool.size=20'] },
    'dependencies list': { args: ['x'] },
    'dependencies set': { args: ['x', 'comp_y'] },
    dependents: { args: ['x'] },
    events: { args: ['x'] },
    stats: { args: [] },
    import: { args: ['EXPORT'] },
    export: { args: [] },
  };
  if (driven) {
    calls['operations list'] = { args: ['x'] };
    calls['operations get'] = { args: ['x', 'o'] };
    calls['operations report'] = { args: ['x', 'o', 'succeeded'] };
    calls['driver secret'] = { args: ['x'] };
  }
  for (const verb of verbs) calls[verb.name] = { args: ['x'] };
  // What is set is made.
  if (name === 'config') delete calls.create;
  if (settingsWord({ name }) === 'settings') {
    for (const verb of ['get', 'set']) {
      calls[`settings ${verb}`] = calls[`config ${verb}`];
      delete calls[`config ${verb}`];
    }
  }
  return Object.fromEntries(Object.entries(calls).map(([path, call]) => [`${name} ${path}`, call]));
}

const OWN_CALLS: Calls = {
  'service instances list': { args: ['x'] },
  'service instances get': { args: ['x', 'i-1'] },
  'service instances update': { args: ['x', 'i-1', '--drain'] },
  'service instances register': { args: ['x', '10.0.3.17:8080'] },
  'service instances heartbeat': { args: ['x', 'i-1'] },
  'service instances deregister': { args: ['x', 'i-1', '--yes'] },
  'service discover': { args: ['x'] },
  'service discovery status': { args: [] },
  'service discovery release': { args: ['--yes'] },
  'engine scale': { args: ['x', '4'] },
  'engine autoscaling get': { args: ['x'] },
  'engine autoscaling set': { args: ['x', '--policy', 'auto_cpu'] },
  'engine autoscaling decisions': { args: ['x'] },
  'engine workload submit': { args: ['x', 'train'] },
  'engine workload list': { args: ['x'] },
  'engine workload get': { args: ['x', 'w'] },
  'engine workload cancel': { args: ['x', 'w', '--yes'] },
  'engine workload retry': { args: ['x', 'w'] },
  'engine workload stats': { args: ['x'] },
  'engine workload lease': { args: ['x', '--worker', 'w-1'] },
  'engine workload heartbeat': { args: ['x', 'w', '--lease', 't'] },
  'engine workload complete': { args: ['x', 'w', '--lease', 't'] },
  'engine workload fail': { args: ['x', 'w', '--lease', 't'] },
  'component connection': { args: ['x'] },
  'registry children': { args: ['x'] },
  'registry ancestors': { args: ['x'] },
  'registry tree': { args: [] },
  'registry move': { args: ['x', 'y'] },
  'registry entries list': { args: ['x'] },
  'registry entries add': { args: ['x', 'svc_y'] },
  'registry entries stats': { args: ['x'] },
  'registry defaults get': { args: ['x'] },
  'registry defaults set': { args: ['x', '--owner', 'me'] },
  'registry sync start': { args: ['x'] },
  'registry sync status': { args: ['x'] },
  'feature-flag rollout': { args: ['x', '25'] },
  'feature-flag schedule show': { args: ['x'] },
  'feature-flag schedule set': { args: ['x', '1h=50'] },
  'feature-flag pause': { args: ['x'] },
  'feature-flag resume': { args: ['x'] },
  'feature-flag evaluate': { args: ['x', '-k', 'ann'] },
  'feature-flag explain': { args: ['x', '-k', 'ann'] },
  'feature-flag segments list': { args: [] },
  'feature-flag segments get': { args: ['beta'] },
  'feature-flag segments create': { args: ['beta', '--include', 'ann'] },
  'feature-flag segments update': { args: ['beta', '--include', 'bob'] },
  'feature-flag segments delete': { args: ['beta', '--yes'] },
  'feature-flag segments usage': { args: ['beta'] },
  'feature-flag promote': { args: ['--from', 'default', '--to', 'staging'] },
  'feature-flag revert': { args: ['x', '1'] },
  'feature-flag stale': { args: [] },
  'feature-flag stats': { args: ['x'] },
  'feature-flag import': { args: ['EXPORT'] },
  'config list': { args: [] },
  'config get': { args: ['db.pool.size'] },
  'config set': { args: ['db.pool.size', '20'] },
  'config update': { args: ['db.pool.size', '--owner', 'me'] },
  'config delete': { args: ['db.pool.size', '--yes'] },
  'config history': { args: ['db.pool.size'] },
  'config version': { args: ['db.pool.size', '1'] },
  'config diff': { args: ['db.pool.size', '1', '2'] },
  'config rollback': { args: ['db.pool.size', '1'] },
  'config draft list': { args: [] },
  'config draft get': { args: ['db.pool.size'] },
  'config draft set': { args: ['db.pool.size', '30'] },
  'config publish': { args: ['db.pool.size'] },
  'config discard': { args: ['db.pool.size', '--yes'] },
  'config transact': { args: ['-f', 'EXPORT'] },
  'config reset': { args: ['db.pool.size', '--yes'] },
  'config watch': { args: ['--index', '1', '--once'] },
  'config rotate-keys': { args: [] },
  'config import': { args: ['EXPORT'] },
  'config export': { args: [] },
  'grid list': { args: [] },
  'grid balance': { args: [] },
  'grid release': { args: ['x'] },
  'grid heartbeat': { args: ['x'] },
  'grid topology': { args: [] },
  'grid discover': { args: ['kubernetes'] },
  'grid give-up': { args: ['--yes'] },
  'grid delete': { args: ['x', '--yes'] },
  'grid stats': { args: [] },
  'mesh list': { args: [] },
  'mesh circuit-breaker show': { args: ['x'] },
  'mesh circuit-breaker set': { args: ['x', '--open-seconds', '10'] },
  'mesh circuit-breaker reset': { args: ['x'] },
  'mesh circuit-breaker trip': { args: ['x', '--yes'] },
  'mesh traffic-split': { args: ['x', 'canary=20'] },
  'mesh balancer': { args: ['svc_x', 'least_conn'] },
  'mesh explain': { args: ['orders.example.com/orders'] },
  'mesh resolve': { args: ['x'] },
  'mesh report': { args: ['x', 'succeeded'] },
  'mesh traces list': { args: [] },
  'mesh traces show': { args: ['5b8efff798038103d269b633813fc60c'] },
  'mesh tracing enable': { args: [] },
  'mesh tracing disable': { args: [] },
  'mesh topology': { args: [] },
  'mesh config show': { args: [] },
  'mesh config set': { args: ['timeout_ms=5000'] },
  'mesh versions list': { args: [] },
  'mesh versions get': { args: ['2'] },
  'mesh diff': { args: ['2'] },
  'mesh rollback': { args: ['2', '--yes'] },
  'mesh clients': { args: [] },
  'mesh metrics show': { args: ['x'] },
  'mesh stats': { args: [] },
  'mesh export': { args: [] },
  'plugin register': { args: ['MANIFEST'] },
  'plugin resolution': { args: ['x'] },
  'plugin manifest': { args: ['x'] },
  'plugin discover': { args: ['MANIFEST'] },
  'plugin mesh': { args: [] },
  'plugin facts list': { args: [] },
  'plugin facts report': { args: ['build-1', 'python=3.11.2'] },
  'plugin facts forget': { args: ['build-1', '--yes'] },
};

export const KIND_CALLS: Calls = Object.assign({}, ...KINDS.map(sharedCalls), OWN_CALLS) as Calls;

/** The same command as one of `service`, made from other words: one of them stands for all where each costs a process. */
export function isRepeated(path: string): boolean {
  const kind = KINDS.find(({ name }) => path.startsWith(`${name} `));
  if (!kind || kind === serviceWords || path in OWN_CALLS) return false;
  return path.endsWith(' create') ? false : path in sharedCalls(kind);
}
