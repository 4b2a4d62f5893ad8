import { SECRETS_OPTION, exportFrom } from '../commands/export.js';
import { IMPORT_OPTIONS, importInto } from '../commands/import-entries.js';
import { TO_FILE_OPTION } from '../commands/write-out.js';
import type { LeafSpec } from '../spec/types.js';
import { manyOf, pathOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';

export function importLeaf(kind: KindWords): LeafSpec {
  const { name, path } = kind;
  return {
    name: 'import',
    summary: `Import ${manyOf(kind)} that "${name} export" wrote`,
    description: 'NDJSON, JSON or YAML, told by content; - is standard input. Again it changes only what differs.',
    arguments: [
      {
        name: 'file',
        summary: 'file, or - for standard input',
        asked: { question: 'Which file?' },
        completes: 'file',
      },
    ],
    options: IMPORT_OPTIONS,
    examples: [{ cmd: `${name} import ${manyOf(kind)}.ndjson`, norun: 'needs a file of yours' }],
    effect: 'writes',
    operations: [`POST /api/v1/${path}/import`],
    run: (context, { args, options }) => importInto(context, pathOf(kind, 'import'), String(args[0]), options),
  };
}

export function exportLeaf(kind: KindWords): LeafSpec {
  const { name, path } = kind;
  return {
    name: 'export',
    summary: `Write ${manyOf(kind)} to a file`,
    description: `What is written here, "${name} import" reads into another registry.`,
    options: [TO_FILE_OPTION, SECRETS_OPTION],
    examples: [{ cmd: `${name} export -o yaml` }],
    effect: 'reads',
    operations: [`GET /api/v1/${path}/export`],
    run: (context, { options }) => exportFrom(context, pathOf(kind, 'export'), options),
  };
}
