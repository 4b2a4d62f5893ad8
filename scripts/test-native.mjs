// The suites that use a database, on a PostgreSQL server: the one of DATABASE_URL, whose user must be allowed to create
// databases, or one of its own that is gone afterwards. Arguments go to jest: npm run test:native -- -t 'of a run'
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { NativePostgres } from './native-postgres.mjs';

const jest = fileURLToPath(new URL('../node_modules/jest/bin/jest.js', import.meta.url));
const server = process.env.DATABASE_URL ? undefined : await NativePostgres.start({ max_connections: 200 });
const tests = spawn(process.execPath, [jest, ...process.argv.slice(2), '--selectProjects', 'medium', 'e2e'], {
  stdio: 'inherit',
  env: { ...process.env, DATABASE_URL: process.env.DATABASE_URL ?? server.url },
});
// Ctrl-C reaches jest too; the server is stopped when jest has ended.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => tests.kill('SIGTERM'));
const [code, signal] = await once(tests, 'exit');
await server?.stop();
process.exit(code ?? (signal ? 1 : 0));
