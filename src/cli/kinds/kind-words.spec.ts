import type { Kind } from '../../entries/kind/kind.js';
import { componentKind } from '../../kinds/components/component.kind.js';
import { configKind } from '../../kinds/config/config.kind.js';
import { engineKind } from '../../kinds/engines/engine.kind.js';
import { featureFlagKind } from '../../kinds/feature-flags/feature-flag.kind.js';
import { gridNodeKind } from '../../kinds/grid/grid-node.kind.js';
import { meshRouteKind } from '../../kinds/mesh/mesh-route.kind.js';
import { pluginKind } from '../../kinds/plugins/plugin.kind.js';
import { registryKind } from '../../kinds/registries/registry.kind.js';
import { serviceKind } from '../../kinds/services/service.kind.js';
import { flagWords } from '../spec/global-options.js';
import { componentWords } from './component.words.js';
import { configWords } from './config.words.js';
import { engineWords } from './engine.words.js';
import { featureFlagWords } from './feature-flag.words.js';
import { gridWords } from './grid.words.js';
import type { KindWords } from './kind-words.js';
import { meshWords } from './mesh.words.js';
import { pluginWords } from './plugin.words.js';
import { registryWords } from './registry.words.js';
import { serviceWords } from './service.words.js';

const PAIRS: [KindWords, Kind][] = [
  [serviceWords, serviceKind],
  [engineWords, engineKind],
  [componentWords, componentKind],
  [registryWords, registryKind],
  [pluginWords, pluginKind],
  [featureFlagWords, featureFlagKind],
  [configWords, configKind],
  [gridWords, gridNodeKind],
  [meshWords, meshRouteKind],
];

describe.each(PAIRS.map(([words, kind]) => [words.name, words, kind] as const))('%s', (_, words, kind) => {
  it('is called and found as the registry has it', () => {
    const type = words.type ?? words.name.replaceAll('-', '_');
    expect([type, words.path]).toEqual([kind.name, kind.path]);
    expect(words.sample.id).toBe(`${kind.prefix}_${kind.example.name}`);
  });

  it('has every verb of the lifecycle, and no other', () => {
    const { transitions } = kind.lifecycle;
    expect(words.verbs.map(({ name }) => name).sort()).toEqual(Object.keys(transitions).sort());
    expect(words.verbs.flatMap(({ aliases = [] }) => aliases)).toEqual(
      words.verbs.flatMap(({ name }) => transitions[name]?.aliases ?? []),
    );
  });

  it('knows every field, and every field a list is narrowed by', () => {
    expect(kind.fields.filter((field) => !words.fields.includes(field))).toEqual([]);
    const filters = words.filters.map(({ flags }) => flagWords(flags).long.slice(2).replaceAll('-', '_'));
    expect(filters.sort()).toEqual([...kind.filters].sort());
  });

  it('can be given in an order in which the verbs of the examples are possible', () => {
    let state = kind.lifecycle.initial;
    for (const { name } of words.verbs) {
      expect([name, kind.lifecycle.transitions[name]?.from]).toEqual([name, expect.arrayContaining([state])]);
      state = kind.lifecycle.transitions[name]?.to ?? state;
    }
  });
});
