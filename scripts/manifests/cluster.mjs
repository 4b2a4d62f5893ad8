// What kubectl would apply, as objects, with the questions that policies ask of them.
import { execFileSync } from 'node:child_process';
import { parseAllDocuments } from 'yaml';

const WITH_PODS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job']);

/** Renders a kustomization; throws what kubectl says when it cannot. */
export function rendered(folder) {
  const text = execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  return new Cluster(parseAllDocuments(text).map((document) => document.toJS()));
}

export const nameOf = ({ kind, metadata }) => `${kind} ${metadata.name}`;

/** Whether labels fit a label selector; one that is left out fits nothing. */
export function fits(selector, labels = {}) {
  if (!selector) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const byLabels = Object.entries(matchLabels).every(([name, value]) => labels[name] === value);
  return byLabels && matchExpressions.every(({ key, operator, values = [] }) => expressionFits(operator, values, labels[key])); // prettier-ignore
}

function expressionFits(operator, values, label) {
  if (operator === 'In') return values.includes(label);
  if (operator === 'NotIn') return !values.includes(label);
  return operator === 'Exists' ? label !== undefined : label === undefined;
}

export class Cluster {
  constructor(objects) {
    this.objects = objects;
  }

  of(kind) {
    return this.objects.filter((one) => one.kind === kind);
  }

  find(kind, name) {
    return this.of(kind).find(({ metadata }) => metadata.name === name);
  }

  /** `{ owner, pod, labels }` of everything that makes pods. */
  get workloads() {
    return this.objects
      .filter(({ kind }) => WITH_PODS.has(kind))
      .map((owner) => ({ owner, pod: owner.spec.template.spec, labels: owner.spec.template.metadata?.labels ?? {} }));
  }

  /** Labels of all pods there will be: of workloads, and of what CloudNativePG makes. */
  get podLabels() {
    return [
      ...this.workloads.map(({ labels }) => labels),
      ...this.of('Cluster').map(({ metadata }) => ({ 'cnpg.io/cluster': metadata.name })),
      ...this.of('Pooler').map(({ metadata, spec }) => ({ 'cnpg.io/poolerName': metadata.name, ...spec.template?.metadata?.labels })),
    ];
  } // prettier-ignore

  /** The fewest pods a Deployment or StatefulSet has: who scales it decides. */
  fewest({ kind, metadata, spec }) {
    const scaled = this.of('HorizontalPodAutoscaler').find(({ spec: { scaleTargetRef } }) => scaleTargetRef.kind === kind && scaleTargetRef.name === metadata.name); // prettier-ignore
    return scaled ? (scaled.spec.minReplicas ?? 1) : (spec.replicas ?? 1);
  }
}
