// Fills an empty, migrated database by COPY: tables without their indexes and triggers first, then what these would have
// kept, then the indexes. A step that another part of the registry needs is one more entry of STEPS.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { postgresBinaries } from '../../../scripts/native-postgres.mjs';
import { ENTRY_COLUMNS, entryRows, relationshipRows } from './recipe.mjs';
import { embeddingRows, shippedModelId } from './vectors.mjs';

/** COPY of rows as text, by the program that comes with the server. */
async function copy(url, into, rows) {
  const beside = join(postgresBinaries(), 'psql');
  const psql = spawn(
    existsSync(beside) ? beside : 'psql',
    [url, '-qX', '-v', 'ON_ERROR_STOP=1', '-c', `COPY ${into} FROM STDIN`],
    {
      stdio: ['pipe', 'ignore', 'inherit'],
    },
  );
  const ended = once(psql, 'exit');
  await pipeline(Readable.from(rows), psql.stdin).catch((error) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const [code] = await ended;
  if (code !== 0) throw new Error(`COPY ${into} failed.`);
}

/** Takes a table's indexes away, and answers the statements that make them again; its primary key stays. */
async function withoutIndexes(client, table) {
  const { rows: constraints } = await client.query(
    `SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
     WHERE conrelid = $1::regclass AND contype = 'u'`,
    [table],
  );
  for (const { name } of constraints) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  const { rows: indexes } = await client.query(
    `SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid = $1::regclass AND NOT i.indisprimary`,
    [table],
  );
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
  return [
    ...constraints.map(({ name, definition }) => `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`),
    ...indexes.map(({ definition }) => definition),
  ];
}

async function typesOf(client) {
  const { rows } = await client.query('SELECT id, name FROM relationship_type');
  return new Map(rows.map(({ id, name }) => [name, id]));
}

const STEPS = {
  async relationships(client, { url, entries, relationships, told }) {
    const typeIds = await typesOf(client);
    const columns = 'relationship (source_id, target_id, type, weight, bidirectional)';
    await copy(url, columns, relationshipRows({ entries, relationships, typeIds, told }));
  },
  async entries(client, { url, entries, texts, told }) {
    await copy(url, `entry (${ENTRY_COLUMNS})`, entryRows({ entries, texts, pointedAt: told.pointedAt }));
    await client.query("SELECT setval(pg_get_serial_sequence('entry', 'id'), max(id)) FROM entry");
  },
  async 'text documents'(client) {
    await client.query(`
      INSERT INTO entry_document (entry_id, tsv, doc_len)
      SELECT id, tsv, length(tsv) FROM (
        SELECT id, entry_tsvector(name, title, tags, feature, description) AS tsv FROM entry ORDER BY id OFFSET 0
      ) d`);
  },
  async vectors(client, { url }) {
    await copy(
      url,
      'entry_embedding_0 (slot, entry_id, revision, model, content_hash, embedding)',
      embeddingRows(client),
    );
    await client.query(
      "UPDATE embedding_index SET model = $1, state = 'serving', filled_to = (SELECT max(id) FROM entry) WHERE slot = 0",
      [await shippedModelId()],
    );
  },
  async 'degrees and counters'(client) {
    await client.query(`
      INSERT INTO entry_degree (entry_id, out_degree, in_degree)
      SELECT entry_id, sum(o), sum(i) FROM (
        SELECT source_id AS entry_id, count(*) AS o, 0 AS i FROM relationship GROUP BY 1
        UNION ALL SELECT target_id, 0, count(*) FROM relationship GROUP BY 1
      ) ends GROUP BY 1 ORDER BY 1`);
    await client.query(`INSERT INTO relationship_count (type, slot, n) SELECT type, 0, count(*) FROM relationship GROUP BY 1`); // prettier-ignore
    await client.query('INSERT INTO relationship_change (slot, n) VALUES (0, 1) ON CONFLICT (slot) DO UPDATE SET n = relationship_change.n + 1'); // prettier-ignore
    await client.query(`
      INSERT INTO entry_count (kind, status, health, feature, slot, n)
      SELECT kind, status, health, coalesce(feature, ''), 0, count(*) FROM entry GROUP BY 1, 2, 3, 4
      ON CONFLICT (kind, status, health, feature, slot) DO UPDATE SET n = entry_count.n + excluded.n`);
    await client.query('UPDATE search_corpus SET ranked_edges = (SELECT sum(n) FROM relationship_count), ranked_at = clock_timestamp()'); // prettier-ignore
  },
  async indexes(client, { indexes }) {
    for (const statement of indexes.filter((one) => !/USING hnsw/.test(one))) await client.query(statement);
  },
  async 'vector index'(client, { indexes }) {
    for (const statement of indexes.filter((one) => /USING hnsw/.test(one))) await client.query(statement);
  },
  async 'vacuum and statistics'(client) {
    await client.query('VACUUM ANALYZE');
  },
};

const TABLES = ['entry', 'relationship', 'entry_document', 'entry_embedding_0'];

/** Seconds each step took, and how many relationships there are. */
export async function loadCatalog(client, options) {
  const told = { pointedAt: new Uint32Array(options.entries), total: 0 };
  await client.query("SET synchronous_commit = off; SET maintenance_work_mem = '3GB'; SET max_parallel_maintenance_workers = 0; SET work_mem = '256MB'"); // prettier-ignore
  const indexes = [];
  for (const table of TABLES) {
    await client.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    indexes.push(...(await withoutIndexes(client, table)));
  }
  const seconds = {};
  for (const [name, step] of Object.entries(STEPS)) {
    const began = performance.now();
    await step(client, { ...options, told, indexes });
    seconds[name] = (performance.now() - began) / 1000;
    console.log(`  ${name}: ${seconds[name].toFixed(1)} s`);
  }
  for (const table of TABLES) await client.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  return { seconds, relationships: told.total };
}
