import { completionScript, SHELLS } from '../completion/scripts.js';
import { completions } from '../completion/words.js';
import { usageError } from '../core/errors.js';
import type { LeafSpec } from '../spec/types.js';

export const completionCommand: LeafSpec = {
  name: 'completion',
  summary: 'Print the completion script of a shell',
  description: 'Works for every name this program has with the same commands, and without the bash-completion package.',
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
    await context.writeRaw(completionScript(shell, await completions(context.program), context.program));
  },
};
