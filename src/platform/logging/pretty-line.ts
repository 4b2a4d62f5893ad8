const COLORS: Readonly<Record<string, number>> = { trace: 90, debug: 90, info: 32, warn: 33, error: 31, fatal: 41 };
const SHOWN_APART = new Set(['level', 'time', 'name', 'msg', 'err']);

const paint = (text: string, color: number): string => `\u001B[${color}m${text}\u001B[39;49m`;

/** One JSON line of the log as a line for people: `12:30:01.123 info  [http] listening port=8080`. */
export function prettyLine(json: string): string {
  const line = JSON.parse(json) as Record<string, unknown> & { level: string; time: string };
  const rest = Object.entries(line).filter(([name]) => !SHOWN_APART.has(name));
  const fields = rest.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const parts = [
    paint(line.time.slice(11, 23), 90),
    paint(line.level.padEnd(5), COLORS[line.level] ?? 37),
    ...(typeof line.name === 'string' ? [`[${line.name}]`] : []),
    typeof line.msg === 'string' ? line.msg : '',
    ...(fields.length > 0 ? [paint(fields.join(' '), 90)] : []),
  ];
  const err = line.err as { stack?: string; message?: string } | undefined;
  return `${parts.join(' ')}\n${err ? `${err.stack ?? err.message}\n` : ''}`;
}
