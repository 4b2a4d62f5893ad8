import { readFileSync } from 'node:fs';

/** A command of a `console` block, with what the page shows below it. */
export interface Shown {
  command: string;
  output: string;
}

/** The commands of a page's `console` blocks, in their order. */
export function consoleOf(file: string): Shown[] {
  const blocks = [...readFileSync(file, 'utf8').matchAll(/^```console\n([^]*?)^```$/gm)];
  return blocks.flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [, command = '', output = ''] = /^((?:.*\\\n)*.*)\n?([^]*)$/.exec(part) ?? [];
        return { command, output: output.trim() };
      }),
  );
}

/** What is another every time, how wide a column is and how slow a machine, made the same in what is shown and what is printed. */
const steady = (text: string): string =>
  text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
    .replace(/\b[0-9a-f]{64}\b/g, '<hash>')
    .replace(/http:\/\/[\w.]+:\d+/g, '<url>')
    .replace(/\b(in )?\d+[smhd]( ago)?$/gm, '<age>')
    .replace(/^\w+: [\d,]+\/[\d,]+ \(\d+%\) after .*\n/gm, '')
    .replace(/\b(ureg|svc|admin)_(?:\w{49}\b|\w{7}…|…\w{4}\b)/g, '$1_<key>')
    .replace(/up \d+ s/g, 'up <age>')
    .replace(/\b[01]\.\d{3}(?=\s|$)/g, '<score>')
    .replace(/[ \t]+/g, ' ')
    .trim();

/** Whether a command printed what a page shows; `…` stands for anything, and a line that begins with it for more lines. */
export function printed(shown: string, actual: string): boolean {
  const parts = steady(shown)
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^]*')}$`).test(steady(actual));
}
