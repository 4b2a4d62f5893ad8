import { nextWord } from '../completion/candidates.js';
import type { LeafSpec } from '../spec/types.js';

/** Called by the completion scripts at every TAB: one second at most, and silent whatever goes wrong. */
const TIME_LIMIT_MS = 900;

export const completeNamesCommand: LeafSpec = {
  name: '__complete',
  summary: 'Names for the completion scripts',
  arguments: [
    { name: 'what', summary: 'entry, type, feature, key or role', required: true },
    { name: 'prefix', summary: 'what was typed so far' },
  ],
  examples: [{ cmd: '__complete entry plugin_' }],
  effect: 'reads',
  hidden: true,
  async run(context, { args }) {
    try {
      const client = await context.client();
      const names = await nextWord(client, String(args[0]), String(args[1] ?? ''), TIME_LIMIT_MS);
      await context.writeRaw(names.map((name) => `${name}\n`).join(''));
    } catch {
      context.exit(0);
    }
  },
};
