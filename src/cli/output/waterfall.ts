import { indentedLine } from '../core/errors.js';
import type { Paint } from './colour.js';
import { cut, measureFor } from './table.js';

/** One bar, from the beginning of the whole. */
export interface Bar {
  depth: number;
  label: string;
  offset: number;
  duration: number;
  failed: boolean;
  /** Behind its duration. */
  note?: string;
}

export interface WaterfallOptions {
  /** Of the terminal; without it nothing is cut. */
  width?: number;
  paint: Paint;
}

const GAP = 2;
const LEAST_BAR = 16;
const USUAL_BAR = 40;
const INDENT = 2;
/** Of the width, for labels that are long. */
const LABEL_SHARE = 0.45;

/** Bars below one another along one axis of time, in milliseconds: `=` for what went well, `#` for what failed. */
export async function waterfallLines(bars: readonly Bar[], { width, paint }: WaterfallOptions): Promise<string[]> {
  const end = Math.max(0, ...bars.map(({ offset, duration }) => offset + duration));
  const labels = bars.map(({ depth, label }) => ' '.repeat(depth * INDENT) + indentedLine(label));
  const times = bars.map(({ duration }) => millisecondsText(duration));
  const measure = await measureFor([...labels, ...bars.map(({ note }) => note ?? '')]);
  const timeWidth = Math.max(...times.map((time) => time.length), 0);
  const natural = Math.max(...labels.map(measure), 0);
  const room = width === undefined ? Infinity : width - timeWidth - 2 * GAP;
  const labelWidth = Math.min(
    natural,
    Math.max(INDENT * 4, Math.floor(Math.min(room * LABEL_SHARE, room - LEAST_BAR))),
  );
  const barWidth = width === undefined ? USUAL_BAR : Math.max(LEAST_BAR, room - labelWidth);
  const noted = bars.map(({ failed, note }) =>
    [failed ? 'failed' : '', note ?? ''].filter((part) => part !== '').join(': '),
  );
  return [
    paint.dim(`${' '.repeat(labelWidth + GAP)}${axis(end, barWidth)}`),
    ...bars.flatMap((bar, index) => {
      const label = cut(labels[index] ?? '', labelWidth, measure);
      const drawn = barOf(bar, end, barWidth);
      const time = (times[index] ?? '').padStart(timeWidth);
      const head = `${label}${' '.repeat(labelWidth - measure(label) + GAP)}`;
      const line = `${head}${bar.failed ? paint.red(drawn) : paint.cyan(drawn)}${' '.repeat(GAP)}${time}`;
      const note = noted[index] ?? '';
      if (note === '') return [line];
      // Below, where the bar begins: a message is too long for the end of the line.
      const indent = ' '.repeat((bar.depth + 1) * INDENT);
      const text = width === undefined ? note : cut(note, width - indent.length, measure);
      return [line, `${indent}${paint.red(text)}`];
    }),
  ];
}

/** `0 ms ........... 12.5 ms`, as wide as the bars. */
function axis(end: number, width: number): string {
  const [from, to] = ['0 ms', millisecondsText(end)];
  return `${from}${' '.repeat(Math.max(1, width - from.length - to.length))}${to}`;
}

/** At least one mark wide, and never beyond the end. */
function barOf({ offset, duration, failed }: Bar, end: number, width: number): string {
  const scale = end > 0 ? width / end : 0;
  const from = Math.min(width - 1, Math.max(0, Math.floor(offset * scale)));
  const length = Math.min(width - from, Math.max(1, Math.round(duration * scale)));
  return (' '.repeat(from) + (failed ? '#' : '=').repeat(length)).padEnd(width);
}

/** `0.25 ms`, `12.5 ms`, `1.24 s`. */
export function millisecondsText(milliseconds: number): string {
  if (milliseconds >= 1000) return `${three(milliseconds / 1000)} s`;
  return `${three(milliseconds)} ms`;
}

const three = (value: number): string => String(Number(value.toPrecision(value >= 1000 ? 4 : 3)));
