// Who may come in, and what the service is told of them.
import { nameOf } from './cluster.mjs';

/** From where the kubelet's probes come to pods of an ambient mesh. */
const PROBES = '169.254.7.127/32';

/** Sentences about doors that stand open, or are shut before those who must come in. */
export function wayInProblems(cluster) {
  return [...cluster.of('NetworkPolicy').flatMap(openDoors), ...shutProbes(cluster), ...unknownProxies(cluster)];
}

const openDoors = (policy) =>
  (policy.spec.ingress ?? [])
    .filter(({ from = [] }) => from.length === 0)
    .map(({ ports = [] }) => `${nameOf(policy)}: lets everybody in (${ports.map(({ port }) => port).join(', ') || 'every port'})`); // prettier-ignore

function shutProbes(cluster) {
  const isAmbient = cluster.of('Namespace').some(({ metadata }) => metadata.labels?.['istio.io/dataplane-mode'] === 'ambient'); // prettier-ignore
  const policies = cluster.of('NetworkPolicy').filter(({ spec }) => isEmpty(spec.podSelector));
  const opened = policies.flatMap(({ spec }) => spec.ingress ?? []).flatMap(({ from = [] }) => from);
  if (!isAmbient || policies.length === 0 || opened.some(({ ipBlock }) => ipBlock?.cidr === PROBES)) return [];
  return [`probes come from ${PROBES} in an ambient mesh, and no policy lets them in`];
}

const isEmpty = (selector) => Object.keys(selector ?? {}).length === 0;

/** Behind a proxy that is not believed all clients have one address: its. */
function unknownProxies(cluster) {
  const ways = [...cluster.of('Ingress'), ...cluster.of('HTTPRoute')];
  const settings = cluster.of('ConfigMap').filter(({ metadata }) => /^registry-settings(-|$)/.test(metadata.name));
  if (ways.length === 0 || settings.some(({ data }) => data?.TRUST_PROXY)) return [];
  return [`${nameOf(ways[0])}: the service is not told to believe it (TRUST_PROXY), so that all clients have one address`];
} // prettier-ignore
