import { indentedLine } from '../core/errors.js';

export interface TableCell {
  text: string;
  /** Colours the padded text; width is measured before. */
  paint?: (text: string) => string;
}

export interface TableOptions {
  header?: readonly string[];
  /** Terminal width; without it the table is tab-separated and nothing is cut. */
  width?: number;
  alignRight?: readonly boolean[];
  headerPaint?: (text: string) => string;
}

const GAP = 2;
const MIN_COLUMN = 8;

export type Measure = (text: string) => number;

/** Columns without borders, cut to the terminal; tab-separated and whole when there is none. */
export async function tableLines(rows: readonly TableCell[][], options: TableOptions): Promise<string[]> {
  const clean = rows.map((row) => row.map((cell) => ({ ...cell, text: indentedLine(cell.text) })));
  if (options.width === undefined) {
    const lines = clean.map((row) => row.map((cell) => cell.paint?.(cell.text) ?? cell.text).join('\t'));
    return options.header ? [options.header.join('\t'), ...lines] : lines;
  }
  const measure = await measureFor(clean.flatMap((row) => row.map(({ text }) => text)));
  const header = options.header?.map((text): TableCell => ({ text, paint: options.headerPaint }));
  const all = header ? [header, ...clean] : clean;
  const widths = fit(naturalWidths(all, measure), options.width);
  return all.map((row) => lineOf(row, widths, options.alignRight ?? [], measure));
}

function lineOf(row: TableCell[], widths: number[], alignRight: readonly boolean[], measure: Measure): string {
  const cells = row.map((cell, index) => {
    const width = widths[index] ?? 0;
    const text = cut(cell.text, width, measure);
    const padding = ' '.repeat(Math.max(0, width - measure(text)));
    const painted = cell.paint ? cell.paint(text) : text;
    if (alignRight[index]) return padding + painted;
    return index === row.length - 1 ? painted : painted + padding;
  });
  return cells.join(' '.repeat(GAP)).trimEnd();
}

function naturalWidths(rows: TableCell[][], measure: Measure): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, measure(cell.text));
    });
  }
  return widths;
}

/** Takes what is too much from the widest columns first, so that ids and states stay whole. */
function fit(widths: number[], available: number): number[] {
  const result = [...widths];
  let excess = result.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, result.length - 1) - available;
  while (excess > 0) {
    const widest = Math.max(...result);
    if (widest <= MIN_COLUMN) break;
    const second = Math.max(MIN_COLUMN, ...result.filter((width) => width < widest));
    const many = result.filter((width) => width === widest).length;
    const take = Math.max(1, Math.min(widest - second, Math.ceil(excess / many)));
    for (let index = 0; index < result.length && excess > 0; index += 1) {
      if (result[index] !== widest) continue;
      const taken = Math.min(take, excess);
      result[index] = widest - taken;
      excess -= taken;
    }
  }
  return result;
}

/** To so many columns, with an ellipsis where something is left out. */
export function cut(text: string, width: number, measure: Measure): string {
  if (measure(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    const next = measure(character);
    if (used + next > width - 1) break;
    kept += character;
    used += next;
  }
  return `${kept}…`;
}

/** The exact width costs a hundred milliseconds to load: only when something is not ASCII. */
export async function measureFor(texts: readonly string[]): Promise<Measure> {
  // eslint-disable-next-line no-control-regex
  const ascii = texts.every((text) => /^[\u0000-\u007f…]*$/.test(text));
  if (ascii) return (text) => text.length;
  const { default: stringWidth } = await import('string-width');
  return (text) => stringWidth(text);
}
