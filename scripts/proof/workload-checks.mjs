// What must hold of a run of `prove:workloads`, from the journals of its workers and the state the service tells.
import { readFileSync } from 'node:fs';

/** Every line of every worker; a line that was cut by the kill is none. */
export function readJournals(workers) {
  return workers.flatMap(({ name, journal, killedAt }) =>
    readFileSync(journal, 'utf8')
      .split('\n')
      .flatMap((line) => {
        try {
          return [{ ...JSON.parse(line), worker: name, killedAt }];
        } catch {
          return [];
        }
      }),
  );
}

/** Of each workload the times somebody was at it: to the end of the work, or to the worker's. */
function runsById(lines) {
  const runs = new Map();
  for (const { step, id, attempts, at, killedAt, worker } of lines) {
    if (step !== 'start' && step !== 'end') continue;
    const key = `${worker} ${attempts}`;
    const all = runs.get(id) ?? new Map();
    runs.set(id, all);
    if (step === 'start') all.set(key, { from: at, to: killedAt ?? Infinity });
    else all.get(key).to = at;
  }
  return runs;
}

/** Pairs of runs of one workload that were under way at the same time. */
export function overlaps(lines) {
  const found = [];
  for (const [id, runs] of runsById(lines)) {
    const sorted = [...runs.values()].sort((a, b) => a.from - b.from);
    for (let i = 1; i < sorted.length; i++) if (sorted[i].from < sorted[i - 1].to) found.push(id);
  }
  return found;
}

/** Workloads whose completion was accepted more than once. */
export function completedTwice(lines) {
  const accepted = new Map();
  for (const { step, id, status } of lines)
    if (step === 'complete' && status === 200) accepted.set(id, (accepted.get(id) ?? 0) + 1);
  return [...accepted].filter(([, times]) => times > 1).map(([id]) => id);
}

/** By the database's clock: the last first lease of a critical one, and the first of a low one. */
export function orderOfPriorities(lines) {
  const firsts = lines.filter(({ step, attempts }) => step === 'start' && attempts === 1);
  const times = (priority) =>
    firsts.filter((line) => line.priority === priority).map(({ leased_at }) => Date.parse(leased_at));
  return { lastCritical: Math.max(...times('critical')), firstLow: Math.min(...times('low')) };
}

/** What is wrong with how the workloads ended. */
export function wrongEnds(workloads, sent) {
  const wrong = [];
  if (workloads.length !== sent.size) wrong.push(`${workloads.length} workloads, ${sent.size} sent`);
  for (const { id, status, cause, error, attempts, max_attempts } of workloads) {
    const behaviour = sent.get(id);
    const ended = status === 'completed' ? 'completed' : `${status} ${cause}`;
    const allowed = {
      work: ['completed', 'dead lease_expired'],
      fail: ['dead failed', 'dead lease_expired'],
      hang: ['dead lease_expired'],
    }[behaviour];
    if (!allowed?.includes(ended)) wrong.push(`${id} (${behaviour}) ended ${ended}`);
    else if (status === 'dead' && (!error || attempts !== max_attempts))
      wrong.push(`${id} is dead after ${attempts} of ${max_attempts} attempts, for ${error}`);
  }
  return wrong;
}
