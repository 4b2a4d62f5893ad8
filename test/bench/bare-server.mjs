// What there is to compare with: node:http and pg alone. `GET /3` runs the statements recorded for request 3 and answers
// the rows as JSON. No routing, no credentials, no validation, no headers.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Pool } from 'pg';

const [, , file, databaseUrl, poolSize] = process.argv;
const recordings = JSON.parse(readFileSync(file, 'utf8'));
const pool = new Pool({ connectionString: databaseUrl, max: Number(poolSize) });

/** An insert needs an identity of its own each time. */
function fresh(statement) {
  if (!statement.text.includes('INSERT INTO entry AS')) return statement.values;
  const [row] = JSON.parse(statement.values[0]);
  const uid = randomUUID();
  return [JSON.stringify([{ ...row, uid, name: `bare-${uid}` }]), ...statement.values.slice(1)];
}

const query = (connection, statement) =>
  connection.query({ text: statement.text, values: fresh(statement), ...(statement.name && { name: statement.name }) });

async function runAll(statements) {
  let rows = [];
  if (!statements.some((statement) => statement.transaction)) {
    for (const statement of statements) rows = larger(rows, (await query(pool, statement)).rows);
    return rows;
  }
  const client = await pool.connect();
  try {
    for (const statement of statements.filter((one) => !one.transaction))
      rows = larger(rows, (await query(client, statement)).rows);
    await client.query('BEGIN');
    for (const statement of statements.filter((one) => one.transaction))
      rows = larger(rows, (await query(client, statement)).rows);
    await client.query('COMMIT');
    return rows;
  } finally {
    client.release();
  }
}

const larger = (a, b) => (b.length >= a.length ? b : a);

createServer((request, response) => {
  request.resume();
  runAll(recordings[Number(request.url.slice(1))]).then(
    (rows) => {
      const body = JSON.stringify(rows);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      response.end(body);
    },
    (error) => {
      response.writeHead(500);
      response.end(String(error));
    },
  );
}).listen(0, '127.0.0.1', function () {
  process.send({ port: this.address().port });
});
