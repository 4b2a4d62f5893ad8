import { readFileSync } from 'node:fs';
import { everyLeaf } from './support/leaves.js';
import { KINDS } from './support/kind-calls.js';

const PROXY = 'the way of requests through the mesh: their own clients send them';
const XDS = 'what proxies ask for; "mesh clients" tells what they took';

/** Operations of the kinds that no command asks for, and why. */
const NOT_HERE: Record<string, string> = {
  'POST /api/v1/services/register': 'the same as POST /api/v1/services',
  'POST /api/v1/plugins/{}/enable': 'the same as activate, which the command enable asks for',
  'POST /api/v1/plugins/{}/disable': 'the same as deactivate, which the command disable asks for',
  'POST /api/v1/grid/nodes/{}/enable': 'the same as activate, which the command enable asks for',
  'POST /api/v1/grid/nodes/{}/disable': 'the same as deactivate, which the command disable asks for',
  'POST /api/v1/mesh/traffic-splits': 'the same as PUT /api/v1/mesh/routes/{id}/traffic-split',
  ...Object.fromEntries(
    ['GET', 'PUT', 'POST', 'DELETE', 'PATCH'].map((method) => [`${method} /api/v1/mesh/proxy/{}/{}`, PROXY]),
  ),
  ...Object.fromEntries(
    ['clusters', 'endpoints', 'listeners', 'routes'].map((what) => [`POST /v3/discovery:${what}`, XDS]),
  ),
  'POST /v1/traces': 'what OpenTelemetry exporters send',
};
const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/** Without the names of what stands in a path. */
const plain = (operation: string): string => operation.replaceAll(/\{[^}]*\}/g, '{}');

function documented(): string[] {
  const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8')) as { paths: Record<string, object> };
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((method) => METHODS.includes(method))
      .map((method) => plain(`${method.toUpperCase()} ${path}`)),
  );
}

describe('the operations of the kinds', () => {
  it('are each asked for by a command, or left out for a reason', async () => {
    const here = [
      ...KINDS.map(({ path }) => `/api/v1/${path}`),
      '/api/v1/system/facts',
      '/api/v1/mesh',
      '/v1/traces',
      '/v3',
    ];
    const ofKinds = documented().filter((operation) => {
      const [, path = ''] = operation.split(' ');
      return here.some((start) => path === start || path.startsWith(`${start}/`));
    });
    const asked = (await everyLeaf()).flatMap(({ spec }) => (spec.operations ?? []).map(plain));
    expect(ofKinds.length).toBeGreaterThan(150);
    expect(ofKinds.filter((operation) => !asked.includes(operation)).sort()).toEqual(Object.keys(NOT_HERE).sort());
  });

  it('that commands ask for exist', async () => {
    const known = new Set(documented());
    const asked = (await everyLeaf()).flatMap(({ spec }) => (spec.operations ?? []).map(plain));
    expect(asked.filter((operation) => !known.has(operation))).toEqual([]);
  });
});
