// oxlint-disable-next-line no-restricted-imports -- data alone, which the service's own types are made of
import { ENTRY_TYPES, prefixOf } from '../../entries/entry-types.js';
import { topCommandsOf } from '../groups.js';
import { componentWords } from '../kinds/component.words.js';
import { configWords } from '../kinds/config.words.js';
import { engineWords } from '../kinds/engine.words.js';
import { featureFlagWords } from '../kinds/feature-flag.words.js';
import { gridWords } from '../kinds/grid.words.js';
import { kindView } from '../kinds/kind-view.js';
import type { KindWords } from '../kinds/kind-words.js';
import { meshWords } from '../kinds/mesh.words.js';
import { pluginWords } from '../kinds/plugin.words.js';
import { registryWords } from '../kinds/registry.words.js';
import { serviceWords } from '../kinds/service.words.js';
import type { View } from '../output/view.js';
import { isGroup } from '../spec/types.js';
import { changeView } from '../views/change-view.js';
import { entryView } from '../views/entry-view.js';
import { keyView } from '../views/key-view.js';
import { relationshipView } from '../views/relationship-view.js';
import { roleView } from '../views/role-view.js';
import { featureView } from './features.js';

/** A kind of entry, or another sort of record the registry keeps. */
export interface Resource {
  /** As commands call it. */
  name: string;
  /** In the catalog; null for what is no entry. */
  type: string | null;
  /** First part of its keys. */
  prefix: string | null;
  path: string;
  summary: string;
  columns: string[];
  /** Whose fields it has. */
  fieldsOf: string;
  /** Other words for it. */
  aliases: string[];
  /** The command that keeps it; undefined for entries, which have commands at the top. */
  group?: string;
}

const KINDS: readonly KindWords[] = [
  serviceWords,
  engineWords,
  componentWords,
  registryWords,
  pluginWords,
  featureFlagWords,
  configWords,
  gridWords,
  meshWords,
];
const ENTRY_COMMANDS = ['list', 'get', 'create', 'update', 'delete', 'history', 'watch'];
const ENTRIES = '/api/v1/entities';

/** Everything `explain` explains: the kinds, the other types of entries, and what is no entry. */
export function allResources(): Resource[] {
  const kinds = KINDS.map(ofKind);
  const types = ENTRY_TYPES.filter((type) => !kinds.some((kind) => kind.type === type));
  return [
    ...kinds,
    record('entry', ENTRIES, 'What the catalog holds, whatever its kind', entryView, {
      aliases: ['entity', 'entries'],
      group: undefined,
    }),
    record('relationship', '/api/v1/relationships', 'What relates two entries', relationshipView, { aliases: ['rel'] }),
    record('event', '/api/v1/events', 'What happened in the registry', changeView, { group: 'watch' }),
    record('key', '/api/v1/gateway/keys', 'An API key', keyView),
    record('role', '/api/v1/gateway/roles', 'A set of permissions under a name', roleView),
    ...types.map(ofType),
  ];
}

function ofKind(words: KindWords): Resource {
  const type = words.type ?? words.name.replaceAll('-', '_');
  return {
    name: words.name,
    type,
    prefix: prefixOf(type),
    path: `/api/v1/${words.path}`,
    summary: words.summary,
    columns: titles(kindView(words)),
    fieldsOf: words.name,
    aliases: [
      type,
      prefixOf(type),
      words.path.split('/').at(-1) ?? '',
      ...(words.name === 'feature-flag' ? ['flag'] : []),
    ],
    group: words.name,
  };
}

/** A type without commands of its own; feature categories have some. */
function ofType(type: string): Resource {
  const isFeature = type === 'feature';
  return {
    name: type,
    type,
    prefix: prefixOf(type),
    path: isFeature ? '/api/v1/feature-categories' : `${ENTRIES}?type=${type}`,
    summary: isFeature ? 'A feature category, which entries stand under' : `Entries of type ${type}`,
    columns: titles(isFeature ? featureView : entryView),
    fieldsOf: isFeature ? 'feature' : 'entry',
    aliases: [],
    group: isFeature ? 'features' : undefined,
  };
}

function record<Row>(
  name: string,
  path: string,
  summary: string,
  view: View<Row>,
  more: Partial<Resource> = {},
): Resource {
  const plain = { name, type: null, prefix: null, path, summary, columns: titles(view), fieldsOf: name, aliases: [] };
  return { ...plain, group: name, ...more };
}

const titles = <Row>({ columns }: View<Row>): string[] => columns.filter(({ wide }) => !wide).map(({ title }) => title);

/** What can be done with it: the commands of its group. */
export async function commandsOf({ group }: Pick<Resource, 'group'>): Promise<string[]> {
  if (group === undefined) return ENTRY_COMMANDS;
  const spec = await topCommandsOf('ureg')
    .find(({ name }) => name === group)
    ?.load();
  if (!spec) return [];
  return isGroup(spec) ? spec.children.map(({ name }) => `${group} ${name}`) : [group];
}
