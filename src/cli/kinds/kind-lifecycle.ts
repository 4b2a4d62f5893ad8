import { commandOf } from '../aliases.js';
import { assignments } from '../commands/entry-input.js';
import { optionName } from '../spec/ask-missing.js';
import { DRY_RUN_OPTION, flagWords } from '../spec/global-options.js';
import type { LeafSpec } from '../spec/types.js';
import { conditionOf, heldText, WAIT_FOR, WAIT_FOR_DRIVER } from '../waiting/wait-option.js';
import { merged } from './kind-input.js';
import { idArgument, IF_MATCH, pathOf } from './kind-request.js';
import { kindView } from './kind-view.js';
import { outcomeOf } from './kind-waiting.js';
import type { KindWords, VerbWords } from './kind-words.js';

interface Plan extends Record<string, unknown> {
  from?: string;
  to?: string;
}

/** One command for each verb of the kind's lifecycle. */
export function verbLeaf(kind: KindWords, verb: VerbWords): LeafSpec {
  const { name, path, sample } = kind;
  const view = kindView(kind);
  return {
    name: verb.name,
    aliases: verb.aliases,
    summary: verb.summary,
    description: 'Refused with the verbs that are possible when its state does not allow it (exit code 5).',
    arguments: [idArgument(kind)],
    options: [
      ...(verb.options ?? []),
      { flags: '--cascade', summary: 'move along what stands in the way, in order', common: true },
      { flags: '--input <field=value>', summary: 'a field of the request body', repeatable: true },
      kind.driven ? WAIT_FOR_DRIVER : WAIT_FOR,
      IF_MATCH,
      { flags: DRY_RUN_OPTION.flags, summary: 'ask the registry what would happen, and change nothing', common: true },
    ],
    examples: [{ cmd: `${name} ${verb.name} ${sample.id} --dry-run` }, { cmd: `${name} ${verb.name} ${sample.id}` }],
    effect: 'writes',
    view,
    operations: [`POST /api/v1/${path}/{id}/${verb.name}`],
    async run(context, { args, options }) {
      // An output format that does not exist is refused before the change, not after it.
      void context.format;
      const condition = await conditionOf(context, options, kind, { driven: kind.driven });
      const id = String(args[0]);
      const body = bodyOf(verb, options);
      const client = await context.client();
      const answer = await client.request({
        method: 'POST',
        path: pathOf(kind, id, verb.name),
        query: { cascade: options.cascade === true ? true : undefined, dry_run: context.dryRun ? true : undefined },
        body: Object.keys(body).length > 0 ? body : undefined,
        // A question needs no key, by which its answer would be kept.
        repeatable: context.dryRun,
        ifMatch: options.ifMatch as string | undefined,
      });
      if (context.dryRun) {
        const plan = answer.json<Plan>();
        return context.say(`${verb.name} would move ${id} from ${plan.from ?? '?'} to ${plan.to ?? '?'}`, plan);
      }
      const wait = options.wait !== undefined;
      const asked = { id, answer, verb: verb.name, wait, condition };
      const { entry, underWay } = await outcomeOf(context, kind, asked);
      const pending = underWay ? `; ${verb.name} is under way` : '';
      const next = `${commandOf(context.program, name)} ${wayOn(kind, verb, underWay)} ${entry.key}`;
      const sentence = `${entry.key} is ${String(entry.status)}${heldText(condition, true)}${pending}`;
      await context.changed(sentence, entry, view, next);
    },
  };
}

/** What is most often wanted after a verb: the next one, or to see how it goes. */
function wayOn(kind: KindWords, verb: VerbWords, underWay: boolean): string {
  if (underWay) return kind.driven ? 'operations' : 'get';
  return verb.next ?? 'get';
}

function bodyOf(verb: VerbWords, options: Record<string, unknown>): Record<string, unknown> {
  const fields = (verb.options ?? [])
    .map(({ flags, read }) => {
      const { long } = flagWords(flags);
      const typed = options[optionName(long)];
      const value = read && typed !== undefined ? read(String(typed), long) : typed;
      return [long.slice(2).replaceAll('-', '_'), value] as const;
    })
    .filter(([, value]) => value !== undefined);
  return merged(Object.fromEntries(fields), assignments((options.input as string[] | undefined) ?? [], '--input'));
}
