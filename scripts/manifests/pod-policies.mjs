// What every pod must be: as Pod Security's level "restricted" wants it and a little more, sized, probed and slow to go.
import { fits, nameOf } from './cluster.mjs';

const VOLUMES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret', 'image']; // prettier-ignore

/** Sentences about what is wrong. */
export function podProblems(cluster) {
  return cluster.workloads.flatMap(({ owner, pod, labels }) => {
    const of = nameOf(owner);
    const containers = [...(pod.initContainers ?? []), ...pod.containers];
    return [
      ...isolation(pod),
      ...token(cluster, pod, owner.metadata.namespace),
      ...containers.flatMap((container) => containerProblems(container, pod).map((problem) => `${container.name} ${problem}`)),
      ...(owner.kind === 'Deployment' ? deploymentProblems(cluster, owner, labels) : []),
    ].map((problem) => `${of}: ${problem}`);
  }); // prettier-ignore
}

function isolation(pod) {
  const problems = ['hostNetwork', 'hostPID', 'hostIPC'].filter((name) => pod[name]).map((name) => `${name} is on`);
  for (const { name, ...volume } of pod.volumes ?? [])
    for (const kind of Object.keys(volume)) if (!VOLUMES.includes(kind)) problems.push(`the volume ${name} is a ${kind}`);
  return problems;
} // prettier-ignore

/** A token of the cluster only where a role is bound to the account. */
function token(cluster, pod, namespace) {
  const bound = cluster.of('RoleBinding').some(({ subjects = [] }) => subjects.some((one) => one.name === pod.serviceAccountName && one.namespace === namespace)); // prettier-ignore
  return pod.automountServiceAccountToken === false || bound ? [] : ['has a token of the cluster and no role for it'];
}

function containerProblems({ image, resources = {}, securityContext: own = {}, ports = [] }, pod) {
  const both = { ...pod.securityContext, ...own };
  const checks = [
    [own.privileged !== true, 'is privileged'],
    [own.allowPrivilegeEscalation === false, 'may escalate its privileges'],
    [own.capabilities?.drop?.includes('ALL'), 'keeps capabilities'],
    [(own.capabilities?.add ?? []).every((one) => one === 'NET_BIND_SERVICE'), 'adds capabilities'],
    [both.runAsNonRoot === true && both.runAsUser !== 0, 'may run as root'],
    [['RuntimeDefault', 'Localhost'].includes(both.seccompProfile?.type), 'has no seccomp profile'],
    [own.readOnlyRootFilesystem === true, 'can write to its image'],
    [ports.every(({ hostPort }) => !hostPort), 'takes a port of the host'],
    [/(:(?!latest$)[\w][\w.-]*|@sha256:[0-9a-f]{64})$/.test(image ?? ''), `names no version of its image (${image})`],
    [resources.requests?.cpu && resources.requests?.memory, 'does not say what it needs'],
    [resources.limits?.memory, 'has no limit of memory'],
    [!resources.limits?.cpu, 'has a limit of the processor'],
  ];
  return checks.filter(([holds]) => !holds).map(([, problem]) => problem);
}

function deploymentProblems(cluster, { spec }, labels) {
  const { spec: pod } = spec.template;
  const problems = pod.containers.flatMap((container) => [
    ...probeProblems(container),
    ...drainProblems(cluster, container, pod.terminationGracePeriodSeconds ?? 30),
  ]);
  if (spec.strategy?.rollingUpdate?.maxUnavailable !== 0) problems.push('a rollout takes pods away before others are ready'); // prettier-ignore
  if (!pod.topologySpreadConstraints?.every(({ labelSelector }) => fits(labelSelector, labels))) problems.push('its pods are not spread'); // prettier-ignore
  return problems;
}

function probeProblems(container) {
  const paths = ['startupProbe', 'readinessProbe', 'livenessProbe'].map((name) => container[name]?.httpGet?.path);
  const problems = [];
  if (paths.some((path) => !path) || new Set(paths).size < 3) problems.push('startup, readiness and liveness are not three different questions'); // prettier-ignore
  if (paths[2] !== '/health/live') problems.push('liveness asks for more than whether the process lives');
  return problems;
}

/** How long a pod takes to go, from what its settings say, must fit its grace period. */
function drainProblems(cluster, container, grace) {
  const settings = (container.envFrom ?? []).map(({ configMapRef }) => cluster.find('ConfigMap', configMapRef?.name)?.data ?? {}); // prettier-ignore
  const { DRAIN_DELAY_MS = 0, SHUTDOWN_TIMEOUT_MS = 15_000 } = Object.assign({}, ...settings);
  const before = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
  const needed = before + (Number(DRAIN_DELAY_MS) + Number(SHUTDOWN_TIMEOUT_MS)) / 1000;
  return before > 0 && grace > needed ? [] : [`may be killed while it still answers: it takes ${needed} s and has ${grace} s`]; // prettier-ignore
}

/** A budget that leaves no pod to spare keeps a node from ever being emptied. */
export function budgetProblems(cluster) {
  return cluster.of('PodDisruptionBudget').flatMap((budget) => {
    const covered = cluster.workloads.filter(({ labels }) => fits(budget.spec.selector, labels));
    const count = covered.reduce((sum, { owner }) => sum + cluster.fewest(owner), 0);
    const { minAvailable, unhealthyPodEvictionPolicy } = budget.spec;
    const problems = [];
    if (!(Number.isInteger(minAvailable) && minAvailable < count)) problems.push(`wants ${minAvailable} of at least ${count} pods`);
    if (unhealthyPodEvictionPolicy !== 'AlwaysAllow') problems.push('keeps nodes from being emptied of broken pods');
    return problems.map((problem) => `${nameOf(budget)}: ${problem}`);
  });
} // prettier-ignore
