// The most resident memory of a process and of those it starts, looked at while it runs.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const EVERY_MS = 250;

async function childrenOf(pid) {
  const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.split('\n').map(Number).filter(Boolean);
}

/** What it is, and its high-water mark in MiB as the kernel keeps it; undefined when it is gone. */
function markOf(pid) {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const program =
      words
        .find((word) => /\.m?js$/.test(word))
        ?.split('/')
        .at(-1) ?? words[0];
    const name = words.some((word) => word.includes('.copy-')) ? `${program} of the copy` : program;
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes && { name, mebibytes: Math.round(Number(kilobytes) / 1024) };
  } catch {
    return undefined;
  }
}

/** What it took before is forgotten, where the kernel lets it. */
function forget(pid) {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Gone, or on a system that does not: then it is the most since its start.
  }
}

/** Watches a process and everything below it until `stop()`, which gives the most MiB of each program by its name. */
export async function watchMemory(pid) {
  const most = {};
  const look = async (one) => {
    const mark = markOf(one);
    if (mark) most[mark.name] = Math.max(most[mark.name] ?? 0, mark.mebibytes);
    for (const child of await childrenOf(one)) await look(child);
  };
  let looking = Promise.resolve();
  forget(pid);
  for (const child of await childrenOf(pid)) forget(child);
  const timer = setInterval(() => {
    looking = looking.then(() => look(pid));
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await looking;
    return most;
  };
}
