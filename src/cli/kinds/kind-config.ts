import { asObject, assignments } from '../commands/entry-input.js';
import type { CommandContext } from '../core/context.js';
import { CliError, usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { readDocuments } from '../core/input.js';
import { cellText, fieldOf } from '../output/fields.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { merged, withUnset } from './kind-input.js';
import { idArgument, IF_MATCH, pathOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';

type Config = Record<string, unknown>;

const configView: View<Config> = {
  fields: ['config', 'revision', 'updated_at', 'updated_by'],
  columns: [],
  name: ({ revision }) => String(revision ?? ''),
};

const settingView: View<{ key: string; value: unknown }> = {
  fields: ['key', 'value'],
  columns: [column('KEY', 'key'), column('VALUE', 'value')],
  name: ({ key }) => key,
};

/** Called `settings` where `config` is the kind itself, or that of all of its kind. */
export const settingsWord = ({ name }: Pick<KindWords, 'name'>): string =>
  name === 'config' || name === 'mesh' ? 'settings' : 'config';

export function configGroup(kind: KindWords): GroupSpec {
  return {
    name: settingsWord(kind),
    summary: `Read and write the configuration of ${kind.one}`,
    fallback: 'get',
    children: [getLeaf(kind), setLeaf(kind)],
  };
}

function getLeaf(kind: KindWords): LeafSpec {
  const { name, path, one, sample } = kind;
  return {
    name: 'get',
    summary: `Show the configuration of ${one}, or one value of it`,
    arguments: [
      idArgument(kind),
      { name: 'key', summary: 'e.g. pool.size; exit code 3 when it is not set', completes: `${name}-setting` },
    ],
    examples: [
      { cmd: `${name} ${settingsWord(kind)} get ${sample.id}` },
      { cmd: `${name} ${settingsWord(kind)} get ${sample.id} pool.size` },
    ],
    effect: 'reads',
    view: configView,
    operations: [`GET /api/v1/${path}/{id}/config`],
    async run(context, { args }) {
      const { answer, config } = await read(context, kind, String(args[0]));
      const key = args[1] as string | undefined;
      if (key !== undefined) return showOne(context, config, key);
      if (!inLines(context)) return context.one(answer, configView);
      const rows = [...settings(config)];
      await context.list(rows, settingView);
      if (rows.length === 0) context.notice('no configuration');
    },
  };
}

/** Whether what is there is told one a line, and not as the one object that the API answers. */
export const inLines = ({ flags, format }: Pick<CommandContext, 'flags' | 'format'>): boolean =>
  flags.fields === undefined && ['table', 'wide', 'name'].includes(format.name);

async function showOne(context: CommandContext, config: Config, key: string): Promise<void> {
  const value = fieldOf(config, key);
  if (value === undefined) {
    throw new CliError('cli.not_set', `${key} is not set`, { exitCode: ExitCode.notFound });
  }
  await context.say(cellText(value), { key, value });
}

function setLeaf(kind: KindWords): LeafSpec {
  const { name, path, one, sample } = kind;
  return {
    name: 'set',
    summary: `Change the configuration of ${one}`,
    description:
      'Given pairs are put into what is there; --file replaces all of it. A change that somebody else makes meanwhile\n' +
      'is never undone where the registry tells revisions (exit code 5).',
    arguments: [
      idArgument(kind),
      {
        name: 'pair',
        summary: 'key=value; a dot reaches inside, the value may be JSON',
        variadic: true,
        asked: { question: 'Which setting? (key=value)', unless: ['file', 'unset'] },
      },
    ],
    options: [
      { flags: '-f, --file <file>', summary: 'JSON or YAML that becomes the whole configuration', common: true },
      {
        flags: '--unset <key>',
        summary: 'take a setting out',
        completes: `${name}-setting`,
        repeatable: true,
        common: true,
      },
      IF_MATCH,
    ],
    examples: [{ cmd: `${name} ${settingsWord(kind)} set ${sample.id} pool.size=20 log_level=debug` }],
    effect: 'writes',
    view: configView,
    operations: [`PUT /api/v1/${path}/{id}/config`],
    async run(context, { args, options }) {
      const id = String(args[0]);
      const pairs = args[1] as string[];
      if (options.file !== undefined && pairs.length > 0) throw usageError('give either pairs, or --file');
      const before = await read(context, kind, id);
      const unset = (options.unset as string[] | undefined) ?? [];
      const config =
        options.file === undefined
          ? withoutNulls(withUnset(merged(before.config, assignments(pairs, 'a setting')), unset))
          : await fromFile(context, String(options.file));
      const answer = await context.send({
        method: 'PUT',
        path: pathOf(kind, id, 'config'),
        body: config,
        ifMatch: (options.ifMatch as string | undefined) ?? before.etag,
      });
      if (!answer) return;
      const after = answer.json<Config>();
      const view = { ...configView, name: () => id };
      await context.changed(`configured ${id}, revision ${String(after.revision ?? '?')}`, after, view);
    },
  };
}

async function read(
  context: CommandContext,
  kind: KindWords,
  id: string,
): Promise<{ answer: Config; config: Config; etag?: string }> {
  const client = await context.client();
  const response = await client.request({ method: 'GET', path: pathOf(kind, id, 'config') });
  const answer = response.json<Config>();
  const inside = answer.config;
  const wrapped = inside !== null && typeof inside === 'object' && !Array.isArray(inside);
  return { answer, config: wrapped ? (inside as Config) : answer, etag: response.headers.etag };
}

async function fromFile(context: CommandContext, source: string): Promise<Config> {
  const documents = await readDocuments(source, context.terminal.stdin);
  if (documents.length !== 1) throw usageError(`${source} must hold one document, not ${documents.length}`);
  return asObject(documents[0]?.value, source);
}

/** `pool.size  20`: every value, one a line. */
function* settings(config: Config, prefix = ''): Generator<{ key: string; value: unknown }> {
  for (const [name, value] of Object.entries(config)) {
    const inside = value !== null && typeof value === 'object' && !Array.isArray(value);
    if (inside && Object.keys(value).length > 0) yield* settings(value as Config, `${prefix}${name}.`);
    else yield { key: prefix + name, value };
  }
}

/** What `--unset` named is no setting with value null but none. */
function withoutNulls(config: Config): Config {
  const kept = Object.entries(config).filter(([, value]) => value !== null);
  return Object.fromEntries(
    kept.map(([name, value]) => [
      name,
      typeof value === 'object' && !Array.isArray(value) ? withoutNulls(value as Config) : value,
    ]),
  );
}
