// Whatever one object says of another must be so: names, selectors, ports, keys.
import { fits, nameOf } from './cluster.mjs';

/** Sentences about what leads nowhere. */
export function referenceProblems(cluster) {
  const checks = {
    Deployment: (one) => [...selectsItself(one), ...accountOf(cluster, one)],
    StatefulSet: (one) => [...selectsItself(one), ...there(cluster, 'Service', one.spec.serviceName)],
    Job: (one) => accountOf(cluster, one),
    Service: (one) => serviceProblems(cluster, one),
    NetworkPolicy: ({ spec }) => selects(cluster, spec.podSelector),
    PodDisruptionBudget: ({ spec }) => selects(cluster, spec.selector),
    HorizontalPodAutoscaler: (one) => [...there(cluster, one.spec.scaleTargetRef.kind, one.spec.scaleTargetRef.name), ...comesAfter(cluster, one)],
    ServiceMonitor: (one) => monitorProblems(cluster, one),
    Ingress: ({ spec }) => spec.rules.flatMap(({ http }) => http.paths.flatMap(({ backend: { service } }) => portOf(cluster, service.name, service.port.name ?? service.port.number))),
    HTTPRoute: (one) => routeProblems(cluster, one),
    RoleBinding: ({ roleRef, subjects }) => [...there(cluster, roleRef.kind, roleRef.name), ...subjects.flatMap(({ kind, name }) => there(cluster, kind, name))],
    Pooler: ({ spec }) => there(cluster, 'Cluster', spec.cluster.name),
    Database: ({ spec }) => there(cluster, 'Cluster', spec.cluster.name),
    ScheduledBackup: ({ spec }) => there(cluster, 'Cluster', spec.cluster.name),
    Cluster: (one) => [...(one.spec.plugins ?? []).flatMap(({ parameters }) => there(cluster, 'ObjectStore', parameters.barmanObjectName)), ...recoveryProblems(one)],
  }; // prettier-ignore
  return [
    ...namespaceProblems(cluster),
    ...cluster.objects.flatMap((one) => (checks[one.kind]?.(one) ?? []).map((problem) => `${nameOf(one)}: ${problem}`)),
    ...cluster.workloads.flatMap((one) => containersOf(one).flatMap((container) => mountProblems(one.pod, container).concat(variableProblems(container)).map((problem) => `${nameOf(one.owner)}: ${container.name} ${problem}`))),
  ]; // prettier-ignore
}

const there = (cluster, kind, name) => (cluster.find(kind, name) ? [] : [`there is no ${kind} ${name}`]);
const waveOf = ({ metadata }) => Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);

/** Argo CD calls an autoscaler degraded as long as what it scales is not there, and gives the sync up. */
function comesAfter(cluster, scaler) {
  const { kind, name } = scaler.spec.scaleTargetRef;
  const scaled = cluster.find(kind, name);
  return scaled && waveOf(scaler) <= waveOf(scaled) ? [`is not synced after ${kind} ${name}`] : [];
}

const containersOf = ({ pod }) => [...(pod.initContainers ?? []), ...pod.containers];

function namespaceProblems(cluster) {
  const cut = cluster.objects.filter(({ kind }) => kind !== 'Namespace');
  const names = new Set(cut.map(({ metadata }) => metadata.namespace));
  return names.size === 1 && cluster.find('Namespace', [...names][0]) ? [] : [`not all is in one namespace that is made: ${[...names].join(', ')}`]; // prettier-ignore
}

const selectsItself = ({ spec }) => (fits(spec.selector, spec.template.metadata.labels) ? [] : ['does not select its own pods']); // prettier-ignore

function accountOf(cluster, { spec }) {
  const name = spec.template.spec.serviceAccountName;
  return name ? there(cluster, 'ServiceAccount', name) : [];
}

function selects(cluster, selector) {
  return cluster.podLabels.some((labels) => fits(selector, labels)) ? [] : [`selects no pods: ${JSON.stringify(selector)}`]; // prettier-ignore
}

function serviceProblems(cluster, { spec }) {
  const selected = cluster.workloads.filter(({ labels }) => fits({ matchLabels: spec.selector }, labels));
  const reached = selected.filter(({ owner }) => owner.kind !== 'Job');
  if (reached.length === 0) return [`selects no pods: ${JSON.stringify(spec.selector)}`];
  return spec.ports.flatMap(({ targetPort }) =>
    reached
      .filter(({ pod }) => !pod.containers.some(({ ports = [] }) => ports.some(({ name, containerPort }) => [name, containerPort].includes(targetPort))))
      .map(({ owner }) => `${nameOf(owner)} has no port ${targetPort}`),
  );
} // prettier-ignore

function portOf(cluster, name, port) {
  const service = cluster.find('Service', name);
  if (!service) return [`there is no Service ${name}`];
  return service.spec.ports.some((one) => one.name === port || one.port === port) ? [] : [`Service ${name} has no port ${port}`]; // prettier-ignore
}

function monitorProblems(cluster, { spec }) {
  const services = cluster.of('Service').filter(({ metadata }) => fits(spec.selector, metadata.labels));
  if (services.length === 0) return ['selects no Service'];
  return services.flatMap(({ metadata }) => spec.endpoints.flatMap(({ port }) => portOf(cluster, metadata.name, port)));
}

function routeProblems(cluster, { spec }) {
  const parents = spec.parentRefs.flatMap(({ name, sectionName }) => {
    const listeners = cluster.find('Gateway', name)?.spec.listeners ?? [];
    return listeners.some((one) => one.name === sectionName) ? [] : [`there is no listener ${sectionName} of a Gateway ${name}`];
  });
  const backends = spec.rules.flatMap(({ backendRefs = [] }) => backendRefs.flatMap(({ name, port }) => portOf(cluster, name, port)));
  return [...parents, ...backends];
} // prettier-ignore

/** A Cluster that begins as another one was: the operator takes "app" for what is not said, and no archive that is in use. */
function recoveryProblems({ metadata, spec: { bootstrap = {}, externalClusters = [], plugins = [] } }) {
  const { initdb, recovery } = bootstrap;
  if (!recovery) return [];
  const source = externalClusters.find(({ name }) => name === recovery.source);
  const folderOf = (parameters, name) => `${parameters?.barmanObjectName}/${parameters?.serverName ?? name}`;
  const from = source && folderOf(source.plugin?.parameters, source.name);
  return [
    [!initdb, 'begins in two ways'],
    [source, `recovers from ${recovery.source}, which is no external cluster`],
    [recovery.database && recovery.owner, 'does not say which database and owner it recovers'],
    [plugins.every(({ parameters }) => folderOf(parameters, metadata.name) !== from), `archives to where it recovers from (${from})`],
  ].filter(([holds]) => !holds).map(([, problem]) => problem);
} // prettier-ignore

function mountProblems(pod, { volumeMounts = [] }) {
  const owner = new Set((pod.volumes ?? []).map(({ name }) => name));
  // Claims of a StatefulSet are volumes too.
  return volumeMounts.filter(({ name }) => !owner.has(name) && name !== 'data').map(({ name }) => `mounts ${name}, which is no volume`);
} // prettier-ignore

/** `$(NAME)` is filled in from what stands before it. */
function variableProblems({ env = [] }) {
  return env.flatMap(({ name, value = '' }, n) =>
    [...value.matchAll(/\$\((\w+)\)/g)]
      .filter(([, used]) => !env.slice(0, n).some((one) => one.name === used))
      .map(([, used]) => `${name} uses ${used} before it is set`),
  );
}
