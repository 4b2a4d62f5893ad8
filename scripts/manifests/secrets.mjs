// Which Secrets an installation must be given, because nothing in it makes them.
const APP_KEYS = ['username', 'password', 'dbname', 'host', 'port', 'uri', 'jdbc-uri', 'pgpass', 'fqdn-uri'];
/** What a pod takes whole, key by key: what the service reads of them. */
const WHOLE = { 'registry-keys': ['REGISTRY_ADMIN_KEY', 'REGISTRY_MASTER_KEY', 'API_KEY_PEPPER'] };

/** `{ name: [key…] }` of the Secrets to be given, and what leads nowhere, in sentences. */
export function secretsOf(cluster) {
  const made = madeSecrets(cluster);
  const given = new Map();
  const problems = [];
  for (const { by, name, keys } of wantedSecrets(cluster)) {
    const there = made.get(name);
    const missing = there ? keys.filter((key) => !there.includes(key)) : [];
    if (missing.length > 0) problems.push(`${by}: the Secret ${name} has no ${missing.join(', ')}`);
    if (!there) given.set(name, [...new Set([...(given.get(name) ?? []), ...keys])].sort(byText));
  }
  const settings = cluster.workloads.flatMap(({ owner, pod }) => pod.containers.flatMap(({ envFrom = [] }) => envFrom.flatMap(({ configMapRef }) => (configMapRef && !cluster.find('ConfigMap', configMapRef.name) ? [`${owner.kind} ${owner.metadata.name}: there is no ConfigMap ${configMapRef.name}`] : [])))); // prettier-ignore
  return {
    given: Object.fromEntries([...given].sort(([a], [b]) => byText(a, b))),
    problems: [...problems, ...settings],
  };
}

function madeSecrets(cluster) {
  return new Map([
    ...cluster.of('Secret').map(({ metadata, data = {} }) => [metadata.name, Object.keys(data)]),
    ...cluster.of('ExternalSecret').map(({ spec }) => [spec.target.name, spec.data.map(({ secretKey }) => secretKey)]),
    // CloudNativePG makes one for the owner of the database.
    ...cluster.of('Cluster').map(({ metadata }) => [`${metadata.name}-app`, APP_KEYS]),
  ]);
}

function wantedSecrets(cluster) {
  const wanted = [];
  for (const { owner, pod } of cluster.workloads)
    for (const { env = [], envFrom = [] } of pod.containers) {
      const by = `${owner.kind} ${owner.metadata.name}`;
      for (const { valueFrom } of env) {
        const { name, key, optional } = valueFrom?.secretKeyRef ?? {};
        if (name && !optional) wanted.push({ by, name, keys: [key] });
      }
      for (const { secretRef } of envFrom) if (secretRef) wanted.push({ by, name: secretRef.name, keys: wholeOf(cluster, secretRef.name) });
    }
  for (const { spec } of cluster.of('ServiceMonitor'))
    for (const { authorization } of spec.endpoints) if (authorization) wanted.push(keyOf('ServiceMonitor', authorization.credentials));
  for (const { spec } of cluster.of('ObjectStore'))
    for (const one of Object.values(spec.configuration.s3Credentials ?? {})) if (one.name) wanted.push(keyOf('ObjectStore', one));
  for (const { spec } of cluster.of('Ingress'))
    for (const { secretName } of spec.tls ?? []) wanted.push({ by: 'Ingress', name: secretName, keys: ['tls.crt', 'tls.key'] });
  for (const { spec } of cluster.of('Gateway'))
    for (const { tls } of spec.listeners) for (const { name } of tls?.certificateRefs ?? []) wanted.push({ by: 'Gateway', name, keys: ['tls.crt', 'tls.key'] });
  return wanted;
} // prettier-ignore

const byText = (a, b) => a.localeCompare(b);

const keyOf = (by, { name, key }) => ({ by, name, keys: [key] });

/** One that is made here is taken as it is: development has no admin key of its own. */
const wholeOf = (cluster, name) => (cluster.find('Secret', name) ? [] : (WHOLE[name] ?? []));
