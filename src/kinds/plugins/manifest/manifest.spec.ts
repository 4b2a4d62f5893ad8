import { InvalidError, TooLargeError } from '../../../platform/errors/registry-error.js';
import { manifestFromYaml, yamlPieces } from './manifest-text.js';
import { pluginBody } from './manifest.js';

const YAML = `
apiVersion: plugin.nexuspro.io/v1
kind: Plugin
metadata:
  name: Fraud-Scoring
  version: 1.2.0
  tags: [payments]
  annotations: { tier: 1 }
spec:
  displayName: Fraud scoring
  license: Apache-2.0
  dependencies:
    plugins: ['feature-store>=1.2.0,<2.0.0']
    system: ['python>=3.10']
  meshIntegration:
    serviceName: fraud-scoring
    port: 8080
  ui: { menuName: Fraud }
`;
const manifest = (metadata: object, spec: object = {}, more: object = {}) => ({
  apiVersion: 'plugin.nexuspro.io/v1',
  kind: 'Plugin',
  metadata,
  spec,
  ...more,
});
function wrong(value: unknown): string[] {
  try {
    pluginBody(value);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidError)) throw error;
    return (error.errors ?? []).map(({ field }) => field).sort();
  }
}

describe('a manifest', () => {
  it('is read from YAML, its words in snake_case or camelCase', () => {
    expect(pluginBody(manifestFromYaml(YAML))).toMatchObject({
      name: 'fraud-scoring',
      version: '1.2.0',
      tags: ['payments'],
      metadata: { tier: 1 },
      display_name: 'Fraud scoring',
      dependencies: { plugins: ['feature-store>=1.2.0,<2.0.0'], system: ['python>=3.10'] },
      mesh_integration: { service_name: 'fraud-scoring', port: 8080 },
      ui: { menuName: 'Fraud' },
    });
  });

  it('is refused field by field, each named where it stands', () => {
    expect(wrong(manifest({ name: 'a' }))).toEqual(['metadata.version']);
    expect(wrong(manifest({ name: 'a', version: 'v1' }, { license: 7 }))).toEqual(['metadata.version', 'spec.license']);
    expect(wrong(manifest({ name: 'a', version: '1.0.0' }, { dependencies: { plugins: ['>=1'] } }))).toEqual([
      'spec.dependencies.plugins',
    ]);
    expect(wrong(manifest({ name: 'a', version: '1.0.0', surname: 'b' }, { colour: 1 }, { status: {} }))).toEqual([
      'metadata.surname',
      'spec.colour',
      'status',
    ]);
    expect(wrong({ apiVersion: 'v1', kind: 'Pod' })).toEqual(['apiVersion', 'kind', 'metadata']);
    expect(wrong(manifest({ name: 'a', version: '1.0.0', annotations: 3 }))).toEqual(['metadata.annotations']);
  });

  it('may be flat fields as well', () => {
    expect(pluginBody({ name: 'a', version: '1.0.0' })).toMatchObject({ name: 'a', version: '1.0.0' });
    expect(wrong({ name: 'a' })).toEqual(['version']);
    expect(wrong({ name: 'a', version: '1.0', license: 7 })).toEqual(['license', 'version']);
    expect(wrong([])).toEqual(['body']);
  });

  it('is one document of limited size, depth and aliases', () => {
    const refused = (text: string, type: new (...args: never[]) => Error = InvalidError) =>
      expect(() => manifestFromYaml(text)).toThrow(type);
    refused('');
    refused('a: 1\n---\nb: 2\n');
    refused('a: [1');
    refused('['.repeat(2_000));
    refused(`a: &a [x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(9)}*a]\nc: [${'*b,'.repeat(9)}*b]\n`);
    refused('a: &a [*a]');
    refused('- a\n'.repeat(20_000));
    refused('__proto__: {}');
    refused(`a: ${'x'.repeat(300_000)}`, TooLargeError);
    expect(manifestFromYaml('---\na: 1\n---\n')).toEqual({ a: 1 });
  });

  it('stands beside others in a stream', () => {
    expect(yamlPieces('# head\n---\na: 1\n--- # two\nb: |\n  text\n---\n\n')).toEqual([
      '\na: 1\n',
      ' # two\nb: |\n  text\n',
    ]);
  });
});
