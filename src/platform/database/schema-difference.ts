import type { DataSource } from 'typeorm';

export interface Statement {
  sql: string;
  values: unknown[];
}

/** What would have to be done to the database to fit the row classes (`up`), and what would undo that. */
export interface SchemaDifference {
  up: Statement[];
  down: Statement[];
}

/**
 * Compares the row classes with the tables that are there. Tables without a row class are nobody's business here, and
 * an index declared with `synchronize: false` is the migration's.
 */
export async function schemaDifference(dataSource: DataSource): Promise<SchemaDifference> {
  const { upQueries, downQueries } = await dataSource.driver.createSchemaBuilder().log();
  const statement = ({ query, parameters }: { query: string; parameters?: unknown[] }): Statement => ({
    sql: query,
    values: parameters ?? [],
  });
  return { up: upQueries.map(statement), down: downQueries.map(statement).toReversed() };
}

/** Names of what the schema holds: after every migration is undone nothing but TypeORM's own table may be left. */
export async function leftovers(dataSource: DataSource): Promise<string[]> {
  const rows = await dataSource.query<{ name: string }[]>(`
    SELECT relname AS name FROM pg_class c
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('e', 'i', 'a'))
       AND relname NOT IN ('migration', 'migration_id_seq', 'typeorm_metadata')
     UNION ALL
    SELECT proname || '()' FROM pg_proc p
     WHERE pronamespace = current_schema()::regnamespace
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
     UNION ALL
    SELECT typname FROM pg_type t
     WHERE typnamespace = current_schema()::regnamespace AND typtype IN ('e', 'd')
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
     ORDER BY name`);
  return rows.map((row) => row.name);
}

/** Source of a migration that does it. */
export function migrationSource(className: string, { up, down }: SchemaDifference): string {
  const lines = (statements: Statement[]): string =>
    statements
      .map(({ sql, values }) => {
        const text = sql.replaceAll(/[\\`]|\$\{/g, String.raw`\$&`);
        return `    await queryRunner.query(\`${text}\`${values.length > 0 ? `, ${JSON.stringify(values)}` : ''});`;
      })
      .join('\n');
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ${className} implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
${lines(up)}
  }

  async down(queryRunner: QueryRunner): Promise<void> {
${lines(down)}
  }
}
`;
}
