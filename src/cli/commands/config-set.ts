import { configWords } from '../kinds/config.words.js';
import { kindBody, writingOptions } from '../kinds/kind-input.js';
import { IF_MATCH, pathOf } from '../kinds/kind-request.js';
import { deleteLeaf, updateLeaf } from '../kinds/kind-writing.js';
import type { RegistryResponse } from '../core/client.js';
import type { CommandContext } from '../core/context.js';
import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { cellText } from '../output/fields.js';
import type { LeafSpec } from '../spec/types.js';
import type { Entry } from '../views/entry-view.js';
import { valueView } from '../views/config-view.js';
import { settled } from '../waiting/settle.js';
import { conditionOf, WAIT_FOR } from '../waiting/wait-option.js';
import { idOf, KEY, placeOf, placeText, SCOPE_OPTIONS, scopeQuery } from './config-scope.js';
import { givenValue, TYPE_OPTIONS, VALUE, type GivenValue } from './config-value.js';

/** A type that a value may be taken for, and is not, is said so. */
const MUST_BE_TEXT = 'must be a text';

export const configSetLeaf: LeafSpec = {
  name: 'set',
  summary: 'Set a value, made when it is not there yet',
  description:
    'Everything but the value stays as it is. Without --type a number, true, false or JSON is taken as such where the key\n' +
    'has no other type. A secret is best left out: it is asked for, or read from standard input.',
  arguments: [KEY, VALUE],
  options: [
    ...SCOPE_OPTIONS,
    ...TYPE_OPTIONS,
    { flags: '--if-match <revision>', summary: 'only if it is still at this revision; 0: only if it is not there yet' },
    WAIT_FOR,
    { flags: '--if-revision <revision>', summary: 'same as --if-match' },
    ...writingOptions(configWords, { asking: false }).filter(({ flags }) => !flags.startsWith('--data')),
  ],
  examples: [
    { cmd: configWords.sample.create },
    { cmd: 'config set db.pool.size 40 --environment production --service checkout' },
    { cmd: 'config set db.password --secret < password.txt', note: 'asked for on a terminal' },
    { cmd: "config set db.url 'postgresql://shop:${db.password}@db/shop'", note: 'made of another value' },
  ],
  effect: 'writes',
  view: valueView,
  operations: ['POST /api/v1/config', 'PATCH /api/v1/config/{id}'],
  async run(context, { args, options }) {
    const [key, word] = args as [string, string | undefined];
    const condition = await conditionOf(context, options, configWords);
    const revision = (options.ifMatch ?? options.ifRevision) as string | undefined;
    const given = await givenValue(context, key, word, options);
    const fields = await kindBody(configWords, options, context.terminal.stdin);
    const write = (value: unknown) =>
      put(context, key, options, revision, {
        body: { value, ...(given.type && { type: given.type }), ...fields },
        hidden: given.hidden,
      });
    const answer = await write(given.value).catch((error: unknown) => {
      if (looksLikeText(error, given)) return write(given.text);
      throw error;
    });
    if (!answer) return;
    const written = answer.json<Entry>();
    const done = `set ${String(written.name)}`;
    const after = await settled(context, { entry: written, of: configWords, done, condition });
    const shown = given.hidden ? 'set' : cellText(after.value);
    const name = String(after.name);
    const sentence = `${name} is ${shown}${placeText(after)}, ${after.type} at revision ${after.revision}`;
    await context.changed(sentence, after, valueView, `${context.program} config history ${key}`);
  },
};

/** `8080` for a key whose values are texts: known only to the registry. */
function looksLikeText(error: unknown, { guessed, value }: GivenValue): boolean {
  if (!(error instanceof CliError) || error.exitCode !== ExitCode.invalid || !guessed || typeof value === 'string') {
    return false;
  }
  return `${error.message} ${JSON.stringify(error.details ?? '')}`.includes(MUST_BE_TEXT);
}

/** A change of what is there, which keeps all else; only what is not there is made. */
async function put(
  context: CommandContext,
  key: string,
  options: Record<string, unknown>,
  revision: string | undefined,
  { body, hidden }: { body: Record<string, unknown>; hidden: boolean },
): Promise<RegistryResponse | undefined> {
  const secrets = hidden ? { secrets: ['value'] } : {};
  const make = () => {
    const { key: name, ...scope } = placeOf(key, options);
    return context.send({
      method: 'POST',
      path: pathOf(configWords),
      body: { key: name, ...scope, ...body },
      ...secrets,
    });
  };
  if (revision === '0') return make();
  const answer = await context.send({
    method: 'PATCH',
    path: pathOf(configWords, key),
    query: scopeQuery(options),
    body,
    contentType: 'application/merge-patch+json',
    ifMatch: revision,
    ...(revision === undefined && { accepts: [404] }),
    ...secrets,
  });
  return answer?.status === 404 ? make() : answer;
}

const shared = { update: updateLeaf(configWords), delete: deleteLeaf(configWords) };

/** Of the value of one scope: its flags become part of its name. */
export const configUpdateLeaf: LeafSpec = {
  ...shared.update,
  aliases: [],
  summary: 'Change what is known of a value: its rules, default, owner, tags',
  arguments: [KEY],
  options: [...SCOPE_OPTIONS, ...(shared.update.options ?? [])],
  run: (context, { args, options }) => shared.update.run(context, { args: [idOf(String(args[0]), options)], options }),
};

export const configDeleteLeaf: LeafSpec = {
  ...shared.delete,
  summary: 'Remove values of one scope; their history stays',
  description: 'Refused for the last value of a key that others refer to, and while other entries depend on it.',
  arguments: [{ ...KEY, summary: 'keys; key@scope for one scope', variadic: true }],
  options: [
    ...SCOPE_OPTIONS,
    ...(shared.delete.options ?? []).filter(({ flags }) => flags !== IF_MATCH.flags),
    IF_MATCH,
  ],
  examples: [
    { cmd: 'config delete db.pool.size --environment production --service checkout --yes' },
    { cmd: `config delete ${configWords.sample.id} --yes` },
  ],
  run: (context, { args, options }) =>
    shared.delete.run(context, { args: [(args[0] as string[]).map((key) => idOf(key, options))], options }),
};
