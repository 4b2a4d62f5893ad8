// The suites that use a database, on a PostgreSQL server: the one of DATABASE_URL, whose user must be allowed to create
// databases, or one of its own that is gone afterwards. Arguments go to jest: npm run test:native -- -t 'of a run'
// Those in which the database plays a small part run on the embedded one alone, unless they are named, or ALL=true.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { NativePostgres } from './native-postgres.mjs';

const EMBEDDED_ENOUGH =
  '/(api-inventory|drivers-\\w+|gateway-matrix|health-probes|hostile-input-http|http-\\w+|kinds-conformance|kubectl|leaked-keys|' +
  'oidc-\\w+|openapi|openfeature-sdks|search-relevance)\\.spec\\.ts$';
const named = process.argv.slice(2).some((argument) => !argument.startsWith('-'));
const left = named || process.env.ALL === 'true' ? [] : [`--testPathIgnorePatterns=${EMBEDDED_ENOUGH}`];
const jest = fileURLToPath(new URL('../node_modules/jest/bin/jest.js', import.meta.url));
const server = process.env.DATABASE_URL ? undefined : await NativePostgres.start({ max_connections: 200 });
const tests = spawn(process.execPath, [jest, ...process.argv.slice(2), ...left, '--selectProjects', 'medium', 'e2e'], {
  stdio: 'inherit',
  env: { ...process.env, DATABASE_URL: process.env.DATABASE_URL ?? server.url },
});
// Ctrl-C reaches jest too; the server is stopped when jest has ended.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => tests.kill('SIGTERM'));
const [code, signal] = await once(tests, 'exit');
await server?.stop();
process.exit(code ?? (signal ? 1 : 0));
