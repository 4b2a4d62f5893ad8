import { spawn } from 'node:child_process';
import type { Terminal } from '../core/interactive.js';

export interface PagerInput {
  terminal: Terminal;
  /** `--no-pager` is false. */
  wanted: boolean;
  lines: number;
}

/** The pager command, or undefined when the text fits, nobody looks, or it was switched off. */
export function pagerCommand({ terminal, wanted, lines }: PagerInput): string | undefined {
  if (!wanted || terminal.stdout.isTTY !== true || terminal.env.TERM === 'dumb') return undefined;
  if (lines < (terminal.stdout.rows || 24)) return undefined;
  const command = terminal.env.UREG_PAGER ?? terminal.env.PAGER ?? 'less -FIRX';
  return command.trim() === '' || command.trim() === 'cat' ? undefined : command;
}

/** False when the pager could not be started: the caller prints the text itself. */
export function page(text: string, command: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['pipe', 'inherit', 'inherit'] });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code !== 127));
    child.stdin.on('error', () => undefined); // quitting the pager early closes its input
    child.stdin.end(text);
  });
}
