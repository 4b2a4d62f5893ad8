import { PLUGIN_MANAGER, PROGRAM_NAMES } from '../aliases.js';
import { bashScript } from './bash.js';
import { fishScript } from './fish.js';
import { powershellScript } from './powershell.js';
import type { Table } from './table.js';
import { zshScript } from './zsh.js';

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/** By which names a script completes. */
export interface Called {
  names: readonly string[];
  /** The one of them that printed the script. */
  program: string;
}

const WRITERS: Record<Shell, (table: Table, called: Called) => string> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};

/**
 * The words are in the script itself, so that TAB starts no process; only names and ids are asked of the registry, and
 * profiles of the user's file, through `__complete`. Uses nothing of the bash-completion package. The program for plugins
 * has commands of its own, so it has a script of its own; the other names share one, which says how to load it by the
 * name it was made by.
 */
export function completionScript(shell: Shell, table: Table, program: string): string {
  const names = program === PLUGIN_MANAGER ? [PLUGIN_MANAGER] : PROGRAM_NAMES.filter((name) => name !== PLUGIN_MANAGER);
  const script = WRITERS[shell](table, { names, program });
  if (program !== PLUGIN_MANAGER) return script;
  // Both scripts may be loaded into one shell.
  return script
    .replace(/(?<![\w.])(_{1,2})ureg(?=_|\b)/g, '$1nexus_plugin_manager')
    .replaceAll('UregCompletions', 'NexusPluginManagerCompletions');
}
