import type { ClientBase } from 'pg';

/** A table divided by time, and the function that adds a part; `$1` is the part's first day. */
interface DividedTable {
  table: string;
  part: RegExp;
  add: string;
}

const DIVIDED: readonly DividedTable[] = [
  { table: 'event', part: /^event_(\d{4})_(\d{2})$/, add: 'SELECT event_partition_add($1::date)' },
  { table: 'mesh_span', part: /^mesh_span_(\d{4})_(\d{2})_(\d{2})$/, add: 'SELECT mesh_span_partition_add($1::date)' },
];

const PARTS = `
  SELECT p.relname AS table, c.relname AS part FROM pg_inherits i
    JOIN pg_class p ON p.oid = i.inhparent JOIN pg_class c ON c.oid = i.inhrelid
  WHERE p.relnamespace = current_schema()::regnamespace AND p.relkind = 'p' AND c.relkind = 'r'
  ORDER BY c.relname COLLATE "C"`;

/** First days of the parts there are, by table. */
export async function partitionsOf(client: ClientBase): Promise<Record<string, string[]>> {
  const { rows } = await client.query<{ table: string; part: string }>(PARTS);
  return Object.fromEntries(
    DIVIDED.map(({ table, part }) => [
      table,
      rows.filter((row) => row.table === table).flatMap((row) => dayOf(part.exec(row.part)) ?? []),
    ]),
  );
}

const dayOf = (found: RegExpExecArray | null): string | undefined =>
  found ? `${found[1]}-${found[2]}-${found[3] ?? '01'}` : undefined;

/** Makes the parts that rows of a backup belong in; those that are there stay. */
export async function addPartitions(client: ClientBase, partitions: Record<string, string[]>): Promise<void> {
  for (const { table, add } of DIVIDED)
    for (const day of partitions[table] ?? []) {
      const { rowCount } = await client.query(`SELECT FROM pg_class WHERE oid = to_regclass($1)`, [table]);
      if (rowCount) await client.query(add, [day]);
    }
}
