import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Of Linux, on every machine there is. */
const TICKS_A_SECOND = 100;

function ticks(pid, { ended = false } = {}) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').map(Number);
    const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15);
    return user + system + (ended ? childrenUser + childrenSystem : 0);
  } catch {
    // It ended meanwhile: its parent has its time.
    return 0;
  }
}

/** Seconds of processor time that these processes have taken, as the kernel counts it. */
export const secondsOf = (pids) => pids.reduce((sum, pid) => sum + ticks(pid), 0) / TICKS_A_SECOND;

/** The same of a PostgreSQL server: its postmaster, the backends there are and those that have ended. */
export function secondsOfServer(postmaster) {
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(postmaster)], { encoding: 'utf8' });
  const pids = children.split('\n').map(Number).filter(Boolean);
  return ticks(postmaster, { ended: true }) / TICKS_A_SECOND + secondsOf(pids);
}
