import { KINDS } from './cluster-state.js';

const VERBS = ['get', 'list', 'patch', 'update', 'watch'];

const resources = Object.entries(KINDS).flatMap(([name, { kind, singular, short }]) => [
  { name, singularName: singular, namespaced: true, kind, verbs: VERBS, shortNames: [short], categories: ['all'] },
  {
    name: `${name}/scale`,
    singularName: '',
    namespaced: true,
    group: 'autoscaling',
    version: 'v1',
    kind: 'Scale',
    verbs: ['get', 'patch', 'update'],
  },
]);
const VERSION = { groupVersion: 'apps/v1', version: 'v1' };
const APPS = { name: 'apps', versions: [VERSION], preferredVersion: VERSION };

const schema = (kind: string): object => ({
  type: 'object',
  properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } },
  'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind }],
});

/** What clients ask first: which resources there are. */
export const DISCOVERY: Readonly<Record<string, object>> = {
  '/version': { major: '1', minor: '34', gitVersion: 'v1.34.0', platform: 'linux/amd64' },
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: [] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [APPS] },
  '/apis/apps': { kind: 'APIGroup', apiVersion: 'v1', ...APPS },
  '/apis/apps/v1': { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'apps/v1', resources },
  '/openapi/v2': {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: 'v1.34.0' },
    paths: {},
    definitions: {
      'io.k8s.api.apps.v1.Deployment': schema('Deployment'),
      'io.k8s.api.apps.v1.StatefulSet': schema('StatefulSet'),
    },
  },
};
