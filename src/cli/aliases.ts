import { basename } from 'node:path';

export const PROGRAM_NAMES = ['ureg', 'universal-registry-cli', 'nexus-registry', 'nexus-plugin-manager'] as const;

/** The name the user typed, so that usage lines and hints can be copied; `ureg` when run as a file. */
export function programName(script: string | undefined): string {
  const name = basename(script ?? '').replace(/\.(m?js|exe|cmd|ps1)$/, '');
  return (PROGRAM_NAMES as readonly string[]).includes(name) ? name : 'ureg';
}
