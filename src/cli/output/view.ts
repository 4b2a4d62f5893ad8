import { cellText, fieldOf } from './fields.js';

/** How rows of one sort are shown. `fields` are the API's own names: what `--fields` may take. */
export interface View<Row = Record<string, unknown>> {
  fields: readonly string[];
  columns: readonly Column<Row>[];
  /** What `-o name` and `-q` print: something other commands take. */
  name: (row: Row) => string;
}

export interface Column<Row> {
  title: string;
  value: (row: Row) => unknown;
  /** Shown by `-o wide` only. */
  wide?: boolean;
  right?: boolean;
  /** A state word (`healthy`, `active`, …), coloured on a terminal. */
  state?: boolean;
}

/** A column that shows a field as it is. */
export function column<Row>(title: string, path: string, extra: Partial<Column<Row>> = {}): Column<Row> {
  return { title, value: (row) => fieldOf(row, path), ...extra };
}

export function columnsFor<Row>(view: View<Row>, wide: boolean, fields?: readonly string[]): readonly Column<Row>[] {
  if (fields) return fields.map((field) => column<Row>(field.toUpperCase(), field));
  return view.columns.filter((candidate) => wide || candidate.wide !== true);
}

export function columnText<Row>(source: Column<Row>, row: Row): string {
  return cellText(source.value(row)) || '-';
}
