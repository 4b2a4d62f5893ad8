import type { OwnFlag } from '../kinds/kind-words.js';
import { flagWords } from '../spec/global-options.js';
import { RESOURCE_FIELDS } from '../spec/generated/resources.js';
import { fieldsOf, type FieldDoc } from '../spec/resource-fields.js';
import type { Completes, OptionSpec } from '../spec/types.js';

/** What a value is called in `--flag <value>`, where that says what it is. */
const BY_NAME: Readonly<Record<string, Completes>> = {
  feature: 'feature',
  file: 'file',
  folder: 'folder',
  json: 'data',
  profile: 'profile',
  registry: 'registry',
  role: 'role',
  entry: 'entry',
};

/**
 * What a shell can complete as the value of a flag; undefined where anything may stand. `resource` is the kind or record
 * that its command is about: a flag that fills or asks one of its fields takes the words the API has for that field.
 */
export function valuesOf(option: OptionSpec & Partial<OwnFlag>, resource: string): Completes | undefined {
  const [, name = ''] = /<([\w-]+)>/.exec(option.flags) ?? [];
  const { long } = flagWords(option.flags);
  if (long === '--unset' && name === 'field') return option.completes ?? emptiedOf(resource);
  return option.completes ?? option.choices ?? BY_NAME[name] ?? wordsOf(option, resource);
}

/** What can be set, and need not be. */
const emptiedOf = (resource: string): readonly string[] =>
  fieldsOf(resourceOf(resource)).flatMap(({ name, set, needed }) => (set && !needed ? [name] : []));

const resourceOf = (resource: string): string => (resource in RESOURCE_FIELDS ? resource : 'entry');

/** Words of a field of every entry: its `type` and `status` are those of all kinds. */
export const entryWords = (field: 'type' | 'status'): readonly string[] => fieldWords('entry', field) ?? [];

function wordsOf(option: OptionSpec & Partial<OwnFlag>, resource: string): readonly string[] | undefined {
  const { long } = flagWords(option.flags);
  const path = option.field ?? long.slice(2).replaceAll('-', '_');
  return fieldWords(resourceOf(resource), path);
}

/** What a field may be, where that is one of some words; `driver.type` reaches inside. */
function fieldWords(resource: string, path: string): readonly string[] | undefined {
  let fields: readonly FieldDoc[] | undefined = fieldsOf(resource);
  let field: FieldDoc | undefined;
  for (const part of path.split('.')) {
    field = fields?.find((one) => one.name === part);
    fields = field?.fields;
  }
  const words = field?.type.split(' | ') ?? [];
  return words.length > 1 ? words : undefined;
}
