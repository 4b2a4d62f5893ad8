import { candidates, localCandidates } from '../completion/candidates.js';
import type { LeafSpec } from '../spec/types.js';

/** Called by the completion scripts at a TAB: one second at most, and silent whatever goes wrong. */
const TIME_LIMIT_MS = 900;

export const completeNamesCommand: LeafSpec = {
  name: '__complete',
  summary:
    'Names for the completion scripts: a line each, with what it is behind a tab where the name alone does not say',
  arguments: [
    { name: 'what', summary: 'entry, type, feature, key, role, relationship, …', required: true },
    { name: 'prefix', summary: 'what was typed so far' },
  ],
  options: [{ flags: '--of <argument>', summary: 'the argument before: whose instances, versions, …' }],
  examples: [{ cmd: '__complete entry plugin_' }],
  effect: 'reads',
  hidden: true,
  async run(context, { args, options }) {
    try {
      const [what = '', prefix = ''] = args as (string | undefined)[];
      const wanted = { what, prefix, of: (options.of as string | undefined) ?? '' };
      const found =
        (await localCandidates(wanted, context.terminal.env)) ??
        (await candidates(await context.client(), wanted, TIME_LIMIT_MS));
      await context.writeRaw(found.map(({ name, about }) => `${name}${about ? `\t${about}` : ''}\n`).join(''));
    } catch {
      context.exit(0);
    }
  },
};
