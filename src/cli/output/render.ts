import { oneLine } from '../core/errors.js';
import { columnsOf, type Terminal } from '../core/interactive.js';
import { paintState, type Paint } from './colour.js';
import { csvLine } from './csv.js';
import { cellText, fieldOf, parseFields, pick } from './fields.js';
import type { Format } from './format.js';
import { tableLines, type TableCell } from './table.js';
import { compileTemplate } from './template.js';
import { columnsFor, columnText, type View } from './view.js';

export interface RenderOptions {
  format: Format;
  fields?: string;
  /** False: no header line in tables and CSV. */
  headers: boolean;
  terminal: Terminal;
  paint: Paint;
}

/** Rows as text in any format. JSON is the API's shape, unchanged unless `--fields` asks for less. */
export async function renderList<Row>(rows: readonly Row[], view: View<Row>, options: RenderOptions): Promise<string> {
  const fields = options.fields === undefined ? undefined : parseFields(options.fields, view.fields);
  const data = fields ? rows.map((row) => pick(row, fields)) : rows;
  switch (options.format.name) {
    case 'json':
      return `${JSON.stringify(data, null, 2)}\n`;
    case 'jsonl':
      return lines(data.map((row) => JSON.stringify(row)));
    case 'yaml':
      return toYaml(data);
    case 'csv':
      return csv(rows, fields ?? view.fields, options.headers);
    case 'name':
      return lines(rows.map((row) => oneLine(view.name(row))));
    case 'template': {
      const template = compileTemplate(options.format.template ?? '', view.fields);
      return rows.map((row) => withNewline(template(row))).join('');
    }
    default:
      return table(rows, view, options, fields);
  }
}

/** One row: a table becomes `field  value` lines. */
export async function renderOne<Row>(row: Row, view: View<Row>, options: RenderOptions): Promise<string> {
  const fields = options.fields === undefined ? undefined : parseFields(options.fields, view.fields);
  const data = fields ? pick(row, fields) : row;
  switch (options.format.name) {
    case 'json':
      return `${JSON.stringify(data, null, 2)}\n`;
    case 'jsonl':
      return lines([JSON.stringify(data)]);
    case 'yaml':
      return toYaml(data);
    case 'table':
    case 'wide':
      return details(data as Record<string, unknown>, options);
    default:
      return renderList([row], view, options);
  }
}

/** Fields that have a value, one a line; free-form objects follow as indented JSON. */
async function details(row: Record<string, unknown>, options: RenderOptions): Promise<string> {
  const terminal = options.terminal.stdout.isTTY === true;
  const present = Object.entries(row).filter(([, value]) => options.format.name === 'wide' || !isEmpty(value));
  const cells = present.map(([name, value]): TableCell[] => [
    { text: name, paint: options.paint.bold },
    { text: cellText(value), paint: (text) => paintState(text, options.paint) },
  ]);
  return lines(await tableLines(cells, terminal ? { width: Number.MAX_SAFE_INTEGER } : {}));
}

async function table<Row>(
  rows: readonly Row[],
  view: View<Row>,
  options: RenderOptions,
  fields?: readonly string[],
): Promise<string> {
  if (rows.length === 0) return '';
  const columns = columnsFor(view, options.format.name === 'wide', fields);
  const onTerminal = options.terminal.stdout.isTTY === true;
  const cells = rows.map((row) =>
    columns.map((source): TableCell => ({
      text: columnText(source, row),
      paint: source.state ? (text) => paintState(text.trim(), options.paint) : undefined,
    })),
  );
  const text = await tableLines(cells, {
    header: options.headers ? columns.map((source) => source.title) : undefined,
    headerPaint: options.paint.bold,
    alignRight: columns.map((source) => source.right === true),
    ...(onTerminal && options.format.name === 'table' ? { width: columnsOf(options.terminal.stdout) } : {}),
    ...(onTerminal && options.format.name === 'wide' ? { width: Number.MAX_SAFE_INTEGER } : {}),
  });
  return lines(text);
}

function csv(rows: readonly unknown[], fields: readonly string[], headers: boolean): string {
  const body = rows.map((row) => csvLine(fields.map((field) => fieldOf(row, field))));
  return lines(headers ? [csvLine(fields), ...body] : body);
}

async function toYaml(data: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(data, { lineWidth: 0, aliasDuplicateObjects: false });
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function lines(list: readonly string[]): string {
  return list.length === 0 ? '' : `${list.join('\n')}\n`;
}

function withNewline(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
