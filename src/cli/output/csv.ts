import { cellText } from './fields.js';

/** RFC 4180 with `\n` line ends; values exactly as they are. */
export function csvLine(values: readonly unknown[]): string {
  return values.map((value) => csvCell(cellText(value))).join(',');
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
