// A process that owns an embedded database, to be killed: prints a line of JSON with its address, or with what went
// wrong, and ends the database in order when its input ends.
import { once } from 'node:events';
import { EmbeddedPostgres } from '../../dist/src/platform/database/embedded/embedded-postgres.js';

const say = (fields) => process.stdout.write(`${JSON.stringify(fields)}\n`);
try {
  const postgres = await EmbeddedPostgres.start({ folder: process.argv[2] });
  say({ url: postgres.url, pid: postgres.pid });
  process.stdin.resume();
  await once(process.stdin, 'end');
  await postgres.stop();
  process.exit(0);
} catch (error) {
  say({ error: error.message });
  process.exitCode = 1;
}
