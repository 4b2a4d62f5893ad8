import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { isThere } from '../support/other-programs.js';

jest.setTimeout(120_000);

const OVERLAYS = readdirSync('k8s/overlays');
const RULE = 'components/metrics/prometheus-rule.yaml';
const WIKI = 'https://wiki.example.com/registry';

/** What is caught, the file, what stands there, what is planted in its place, what is said of it, and in which overlay. */
const MISTAKES = [
  ['a field that Kubernetes does not have', 'base/api.yaml', 'readOnlyRootFilesystem:', 'readOnlyRootFileSystem:', 'readOnlyRootFileSystem is no field of SecurityContext'],
  ['a field of another type', 'base/worker.yaml', 'replicas: 2', "replicas: '2'", 'spec.replicas must be of type number'],
  ['a field that is required', 'base/service.yaml', 'port: 80,', '', 'spec.ports[0].port is missing'],
  ['a field that an operator does not have', 'components/cnpg/cluster.yaml', 'instances: 3', 'instances: 3\n  replicas: 3', 'must NOT have additional properties: replicas'],
  ['a value that an operator does not take', 'components/cnpg/pooler.yaml', 'poolMode: transaction', 'poolMode: statement', 'poolMode must be equal to one of the allowed values: session, transaction'],
  ['an image without a version', 'overlays/prod/kustomization.yaml', 'newTag: 0.1.0', 'newTag: latest', 'names no version of its image'],
  ['a pod that may be root', 'base/migration.yaml', 'runAsNonRoot: true', 'runAsNonRoot: false', 'Job registry-migrate: migrate may run as root'],
  ['a pod with a token it does not need', 'base/api.yaml', 'automountServiceAccountToken: false', 'automountServiceAccountToken: true', 'has a token of the cluster and no role for it'],
  ['probes that ask the same', 'base/api.yaml', 'path: /health/live', 'path: /health/ready', 'are not three different questions'],
  ['no limit of memory', 'base/worker.yaml', 'limits: { memory: 1536Mi }', 'claims: []', 'has no limit of memory'],
  ['too short a grace period', 'base/settings.env', 'SHUTDOWN_TIMEOUT_MS=15000', 'SHUTDOWN_TIMEOUT_MS=60000', 'may be killed while it still answers'],
  ['a budget that lets no pod go', 'base/disruption.yaml', 'minAvailable: 2', 'minAvailable: 3', 'wants 3 of at least 3 pods'],
  ['a Service that selects nobody', 'base/service.yaml', '    app.kubernetes.io/component: api\n  ports', '    app.kubernetes.io/component: web\n  ports', 'Service registry: selects no pods'],
  ['a port that nobody has', 'components/gateway/routes.yaml', 'port: 80 }', 'port: 8081 }', 'Service registry has no port 8081'],
  ['a monitor of nothing', 'components/metrics/service-monitor.yaml', 'component: metrics', 'component: metric', 'ServiceMonitor registry: selects no Service'],
  ['a key that its Secret lacks', 'components/external-secret/external-secret.yaml', 'secretKey: API_KEY_PEPPER', 'secretKey: PEPPER', 'the Secret registry-keys has no API_KEY_PEPPER'],
  ['a policy for pods there are none of', 'components/networkpolicy/policies.yaml', '{ registry/egress: web }', '{ registry/egress: wide }', 'selects no pods'],
  ['a backup of another cluster', 'components/cnpg/backup.yaml', 'cluster: { name: registry-db }', 'cluster: { name: registry }', 'there is no Cluster registry'],
  ['a door that stands open', 'overlays/istio/access.yaml', '    - from:\n        - podSelector: {}\n        - namespaceSelector:\n            matchExpressions:\n              - { key: kubernetes.io/metadata.name, operator: In, values: [monitoring, cnpg-system] }\n      ports:', '    - ports:', 'allow-ambient: lets everybody in (15008)', 'istio'],
  ['a mesh that shuts probes out', 'overlays/istio/access.yaml', '169.254.7.127/32', '169.254.7.1/32', 'no policy lets them in', 'istio'],
  ['a proxy that is not believed', 'components/gateway/kustomization.yaml', 'TRUST_PROXY=1', 'LOG_LEVEL=info', 'all clients have one address'],
  ['an autoscaler before what it scales', 'base/autoscaling.yaml', "sync-wave: '3'", "sync-wave: '1'", 'is not synced after Deployment registry-api'],
]; // prettier-ignore

function checked(...folders: string[]): { code: number | null; said: string[] } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/check-manifests.mjs', ...folders], {
    encoding: 'utf8',
  });
  return { code: status, said: (stdout + stderr).split('\n') };
}

/** The manifests once more, with one thing otherwise. */
function copied(folder: string, file: string, from: string, to: string, overlay = 'prod'): string {
  mkdirSync(folder);
  cpSync('k8s', folder, { recursive: true });
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not say ${from}.`);
  writeFileSync(path, text.replace(from, to));
  return join(folder, 'overlays', overlay);
}

const rendered = (folder: string): string => spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' }).stdout;

(isThere('kubectl') ? describe : describe.skip)('the manifests', () => {
  let folder: string;
  let ours: ReturnType<typeof checked>;
  let copies: string[];
  let ofCopies: ReturnType<typeof checked>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ureg-k8s-'));
    ours = checked();
    copies = MISTAKES.map(([, file, from, to, , overlay], n) => copied(join(folder, `${n}`), file, from, to, overlay));
    ofCopies = checked(...copies);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('render, decode by the types of Kubernetes and the operators, and hold to the policies, in every overlay', () => {
    const counted = ours.said.filter((line) => line.endsWith(' problems'));
    expect(counted.filter((line) => !line.endsWith(' 0 problems'))).toEqual([]);
    expect(ours.code).toBe(0);
    for (const overlay of OVERLAYS)
      expect(counted).toContainEqual(expect.stringMatching(`overlays/${overlay}: \\d+ objects, 0 problems`));
  });

  it('want the Secrets that the documentation tells of, and no others', () => {
    const documented = readFileSync('docs/deployment.md', 'utf8');
    const wanted = [...ours.said.join('\n').matchAll(/is to be given the Secret (\S+) \((.*)\)/g)];
    expect(wanted.length).toBeGreaterThan(0);
    for (const [, name, keys] of wanted)
      for (const word of [name, ...keys.split(', ')]) expect(documented).toContain(`\`${word}\``);
  });

  it('take of the database’s Secret the password alone, so that whoever changes it changes one key', () => {
    const env = rendered('k8s/overlays/prod').match(/secretKeyRef:\n +key: \S+\n +name: registry-db-app$/gm) ?? [];
    expect(env.length).toBe(3);
    for (const one of env) expect(one).toContain('key: password\n');
  });

  it('let every pod ask for names, also a cache on its node, which is no pod', () => {
    const dns = rendered('k8s/overlays/prod')
      .split('---\n')
      .find((one) => one.includes('name: allow-dns'));
    for (const one of ['kube-dns', 'node-local-dns', 'cidr: 169.254.20.10/32']) expect(dns).toContain(one);
  });

  it('want the keys that the service would silently do without', () => {
    const text = rendered('k8s/overlays/prod');
    for (const name of ['REGISTRY_MASTER_KEY', 'API_KEY_PEPPER'])
      expect(text.match(new RegExp(`name: ${name}\\n +valueFrom:\\n +secretKeyRef:\\n +key: ${name}\\n +name: registry-keys\\n(?! +optional)`, 'g'))).toHaveLength(2); // prettier-ignore
  });

  it('let out what fetches: the workers, and the API, which probes and reads manifests while somebody waits', () => {
    expect(rendered('k8s/overlays/prod').match(/^ +registry\/egress: web$/gm)).toHaveLength(3);
  });

  it('recover to a moment as the documentation says', () => {
    const documented = readFileSync('docs/operations.md', 'utf8');
    const [, block] = /```yaml\n(# The Cluster registry-db once more.*?)```/s.exec(documented) ?? [];
    const path = 'components/cnpg/cluster.yaml';
    const present = parse(readFileSync(join('k8s', path), 'utf8')) as { spec: object };
    const past = { ...present, spec: { ...present.spec, ...(parse(block) as typeof present).spec } };
    const copy = copied(join(folder, 'past'), path, 'kind: Cluster', 'kind: Cluster');
    writeFileSync(join(folder, 'past', path), stringify(past));
    expect(checked(copy).said).toContainEqual(expect.stringMatching(/ 0 problems$/));
    const former = { source: 'before', recoveryTarget: { targetTime: '2026-01-31 12:00:00+00' } };
    const plugins = (present.spec as { plugins: object[] }).plugins;
    writeFileSync(join(folder, 'past', path), stringify({ ...past, spec: { ...past.spec, plugins, bootstrap: { recovery: former } } })); // prettier-ignore
    const { said } = checked(copy);
    expect(said).toContainEqual(expect.stringContaining('does not say which database and owner it recovers'));
    expect(said).toContainEqual(expect.stringContaining('archives to where it recovers from (registry-backups/registry-db)'));
  }); // prettier-ignore

  it('name the release that package.json names', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    for (const overlay of OVERLAYS) {
      const tags = [...rendered(`k8s/overlays/${overlay}`).matchAll(/image: \S*universal-registry:(\S+)/g)].map(
        ([, tag]) => tag,
      );
      expect(new Set(tags)).toEqual(new Set([version]));
      expect(tags.length).toBeGreaterThanOrEqual(3);
    }
  });

  it('lead from every alert to where the runbooks are published, once one line says where', () => {
    const copy = copied(join(folder, 'runbooks'), RULE, 'runbooks: docs/operations.md', `runbooks: ${WIKI}`);
    const alerts = [...readFileSync(join('k8s', RULE), 'utf8').matchAll(/ alert: /g)];
    const places = [...rendered(copy).matchAll(/runbook_url: ([^#\n]*)#/g)].map(([, place]) => place);
    expect(places).toEqual(alerts.map(() => WIKI));
  });

  it.each(MISTAKES.map(([what, , , , sentence], n) => ({ what, n, sentence })))('planted: $what is caught', ({ n, sentence }) => {
    const said = ofCopies.said.filter((line) => line.startsWith(`${copies[n]}: `));
    expect(said).toContainEqual(expect.stringContaining(sentence));
    expect(said).not.toContainEqual(expect.stringMatching(/ 0 problems$/));
    expect(ofCopies.code).toBe(1);
  }); // prettier-ignore
});
