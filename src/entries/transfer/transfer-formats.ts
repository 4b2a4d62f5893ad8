import { stringify } from 'yaml';

export const TRANSFER_FORMATS = ['ndjson', 'json', 'yaml'] as const;
export type TransferFormat = (typeof TRANSFER_FORMATS)[number];

export const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml'];

/** One thing of an export: an entry or a relationship, in the shape the import takes. */
export type TransferItem = { kind: 'entry' | 'relationship' } & Record<string, unknown>;

const LISTS = { entry: 'entries', relationship: 'relationships' } as const;

async function* asLines(items: AsyncIterable<TransferItem>): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(item)}\n`;
}

/** `{ "entries": [...], "relationships": [...] }`, an item a line, written as it is read. */
async function* asJson(items: AsyncIterable<TransferItem>): AsyncGenerator<string> {
  // Nothing is written before something is read: what goes wrong until then can still be told.
  let before = '{"entries":[';
  let list: TransferItem['kind'] = 'entry';
  for await (const { kind, ...item } of items) {
    if (kind !== list) before = `${before === ',' ? '' : before}\n],"relationships":[`;
    list = kind;
    yield `${before}\n${JSON.stringify(item)}`;
    before = ',';
  }
  yield `${before === ',' ? '' : before}${list === 'entry' ? '\n],"relationships":[]}\n' : '\n]}\n'}`;
}

async function* asYaml(items: AsyncIterable<TransferItem>): AsyncGenerator<string> {
  let list: TransferItem['kind'] | undefined;
  for await (const { kind, ...item } of items) {
    if (kind !== list) {
      if (list === undefined && kind === 'relationship') yield 'entries: []\n';
      yield `${LISTS[kind]}:\n`;
      list = kind;
    }
    yield stringify([item], { lineWidth: 0, aliasDuplicateObjects: false });
  }
  if (list === undefined) yield 'entries: []\n';
  if (list !== 'relationship') yield 'relationships: []\n';
}

/** Text of an export, piece by piece. */
export const written = { ndjson: asLines, json: asJson, yaml: asYaml } as const;

export const CONTENT_TYPES: Record<TransferFormat, string> = {
  ndjson: 'application/x-ndjson',
  json: 'application/json; charset=utf-8',
  yaml: 'application/yaml; charset=utf-8',
};
