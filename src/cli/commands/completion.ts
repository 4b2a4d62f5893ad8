import { completionScript, SHELLS } from '../completion/scripts.js';
import { tableOf } from '../completion/table.js';
import { completions } from '../completion/words.js';
import { usageError } from '../core/errors.js';
import type { LeafSpec } from '../spec/types.js';

export const completionCommand: LeafSpec = {
  name: 'completion',
  summary: 'Print the completion script of a shell',
  description:
    'Works for every name this program has with the same commands, and without the bash-completion package.\n' +
    'Commands, flags and the words a flag or argument may have (--output, --status, --fields, …) stand in the script, so\n' +
    'that TAB starts nothing; --flag value and --flag=value, and lists with commas, are completed alike. Names and ids\n' +
    '(entries, features, keys, roles, relationships, rules, segments, instances, workloads, versions, …) are asked of the\n' +
    'registry, the one that --profile or --server names, for a second at most; ids come with what they are. Profiles are\n' +
    'those of your file, and where a file is wanted files are completed. Where anything may stand, nothing is.',
  arguments: [{ name: 'shell', summary: SHELLS.join(', '), required: true, completes: SHELLS }],
  examples: [
    { cmd: 'completion bash' },
    { cmd: 'completion zsh' },
    { cmd: 'completion fish' },
    { cmd: 'completion powershell' },
  ],
  effect: 'local',
  async run(context, { args }) {
    const shell = SHELLS.find((known) => known === args[0] || (known === 'powershell' && args[0] === 'pwsh'));
    if (!shell)
      throw usageError(`unknown shell ${JSON.stringify(args[0])}`, { reason: `shells: ${SHELLS.join(', ')}` });
    await context.writeRaw(completionScript(shell, tableOf(await completions(context.program)), context.program));
  },
};
