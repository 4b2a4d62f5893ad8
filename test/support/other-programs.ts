import { spawnSync } from 'node:child_process';

/** Debian's package of each program of others that tests speak to. */
const PACKAGES = {
  curl: 'curl',
  haproxy: 'haproxy',
  kubectl: 'kubectl of Debian 13',
  pgbouncer: 'pgbouncer',
  prometheus: 'prometheus',
  promtool: 'prometheus',
} as const;

/**
 * Whether a program of others is installed: what needs it is passed over where it is not, since nobody needs it to work on
 * the rest. In CI it has to be there.
 */
export function isThere(program: keyof typeof PACKAGES): boolean {
  if (process.env.CI || !spawnSync(program, ['--version']).error) return true;
  process.stderr.write(
    `${program} is missing (Debian's package ${PACKAGES[program]}): what speaks to it is skipped.\n`,
  );
  return false;
}
