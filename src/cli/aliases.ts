import { basename } from 'node:path';

/** Knows plugins only; the other names are the whole program. */
export const PLUGIN_MANAGER = 'nexus-plugin-manager';
export const PROGRAM_NAMES = ['ureg', 'universal-registry-cli', 'nexus-registry', PLUGIN_MANAGER] as const;

/** The name the user typed, so that usage lines and hints can be copied; `ureg` when run as a file. */
export function programName(script: string | undefined): string {
  const name = basename(script ?? '').replace(/\.(m?js|exe|cmd|ps1)$/, '');
  return (PROGRAM_NAMES as readonly string[]).includes(name) ? name : 'ureg';
}

/** How the commands of a kind are called: the program for plugins has theirs at its top. */
export function commandOf(program: string, kind: string): string {
  return program === PLUGIN_MANAGER ? program : `${program} ${kind}`;
}
