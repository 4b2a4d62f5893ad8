import { configWords } from '../kinds/config.words.js';
import { pathOf } from '../kinds/kind-request.js';
import { exportLeaf, importLeaf } from '../kinds/kind-transfer.js';
import { usageError } from '../core/errors.js';
import { DRY_RUN_OPTION } from '../spec/global-options.js';
import type { LeafSpec } from '../spec/types.js';
import { CONTEXT_OPTIONS, contextQuery, SCOPE_OPTIONS, scopeQuery } from './config-scope.js';
import { importInto } from './import-entries.js';
import { SECRETS_OPTION, WIRE_FORMATS } from './export.js';
import { TO_FILE_OPTION, writeOut } from './write-out.js';

const FORMATS = ['ndjson', 'json', 'yaml', 'env'] as const;
const ACCEPT: Record<string, string> = {
  ndjson: 'application/x-ndjson',
  json: 'application/json',
  yaml: 'application/yaml',
  env: 'text/plain',
};

const shared = { import: importLeaf(configWords), export: exportLeaf(configWords) };

export const configImportLeaf: LeafSpec = {
  ...shared.import,
  summary: 'Import configuration that "config export" wrote, or a .env file',
  description:
    'NDJSON, JSON or YAML, told by content; a file called .env or *.env, or any with --env, holds variables, which become\n' +
    'values of the scope named: DB_POOL_SIZE is db.pool.size where there is such a key. - is standard input.\n' +
    'A masked secret leaves what is there. Again it changes only what differs.',
  arguments: [
    {
      name: 'source',
      summary: 'file, or - for standard input',
      asked: { question: 'Which file?', unless: ['file'] },
      completes: 'file',
    },
  ],
  options: [
    { flags: '-f, --file <file>', summary: 'the same', common: true },
    { flags: '--env', summary: 'it holds variables, whatever it is called', common: true },
    ...(shared.import.options ?? []),
    ...SCOPE_OPTIONS,
    { flags: DRY_RUN_OPTION.flags, summary: 'say what would become of it, and change nothing', common: true },
  ],
  examples: [
    { cmd: 'config import production.env --environment production --dry-run' },
    { cmd: 'config import config.ndjson', norun: 'needs a file of yours' },
  ],
  run(context, { args, options }) {
    const [word] = args as [string | undefined];
    if (word !== undefined && options.file !== undefined) throw usageError('give either a file, or --file');
    const source = word ?? String(options.file);
    const isEnv = options.env === true || /(^|[/.])env$/i.test(source);
    const scope = scopeQuery(options);
    if (!isEnv && Object.values(scope).some((one) => one !== undefined)) {
      throw usageError('an export says itself of which scope its values are', { reason: 'a scope is for a .env file' });
    }
    return importInto(context, pathOf(configWords, 'import'), source, options, {
      query: isEnv ? scope : {},
      plans: true,
      contentType: isEnv ? () => 'text/plain' : undefined,
    });
  },
};

export const configExportLeaf: LeafSpec = {
  ...shared.export,
  summary: 'Write configuration to a file, or as variables for somebody',
  description:
    'As env: the values that hold for --environment, --service and --user, resolved. Secrets are in the clear where the\n' +
    'key may read them, which is recorded. In the other formats they are masked without --secrets.',
  options: [
    {
      flags: '--format <format>',
      summary: `${FORMATS.join(', ')} (default: as --output, else ndjson)`,
      choices: FORMATS,
      common: true,
    },
    {
      flags: '--prefix <prefix>',
      summary: 'only keys that begin with it, e.g. db.',
      completes: 'config',
      common: true,
    },
    ...CONTEXT_OPTIONS,
    TO_FILE_OPTION,
    SECRETS_OPTION,
  ],
  examples: [
    { cmd: 'config export --format env --environment production --service checkout' },
    { cmd: 'config export --format yaml --to config.yaml', norun: 'writes a file' },
  ],
  async run(context, { options }) {
    const format = (options.format as string | undefined) ?? WIRE_FORMATS[context.format.name];
    const query = contextQuery(options);
    if (format === undefined) {
      const reason = `formats: ${FORMATS.join(', ')}`;
      throw usageError(`an export cannot be written as ${context.format.name}`, { reason });
    }
    const named = Object.entries(query).find(([, value]) => value !== undefined);
    const secrets = options.secrets === true ? true : undefined;
    if (format !== 'env' && named) throw usageError(`--${named[0]} is for --format env`);
    const client = await context.client();
    const response = await client.stream({
      method: 'GET',
      path: pathOf(configWords, 'export'),
      query: { ...query, format, secrets, prefix: options.prefix as string | undefined },
      accept: ACCEPT[format],
    });
    await writeOut(context, response, options.to as string | undefined);
  },
};
