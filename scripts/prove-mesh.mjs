// Proves the mesh's data path: many streams at once through the proxy with destinations that hang up, slow bodies and clients
// that go away, without a socket, memory or a replayed request left over; one circuit breaker for three processes; and that
// what is explained is what happens.
//   npm run prove:mesh -- [--streams 1000] [--rounds 9] [--explained 5000] [--opened-ms 200]
// It uses the database of DATABASE_URL if given, else a native one that is gone afterwards.
import { parseArgs } from 'node:util';
import { makeKey } from '../dist/src/gateway/keys/key-format.js';
import { breaker } from './mesh-proof/breaker.mjs';
import { explained } from './mesh-proof/explained.mjs';
import { Stage } from './mesh-proof/stage.mjs';
import { streams } from './mesh-proof/streams.mjs';
import { NativePostgres } from './native-postgres.mjs';
import { ServiceProcess } from './service-process.mjs';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '9' },
    explained: { type: 'string', default: '5000' },
    'opened-ms': { type: 'string', default: '200' },
  },
});
const PROCESSES = 3;

const cluster = process.env.DATABASE_URL ? undefined : await NativePostgres.start({ max_connections: 200 });
const stage = new Stage(makeKey('admin_key'));
const env = {
  DATABASE_URL: process.env.DATABASE_URL ?? cluster.url,
  REGISTRY_ADMIN_KEY: stage.adminKey,
  MESH_PROXY: 'true',
  MESH_ALLOWED_HOSTS: '127.0.0.1',
  RATE_LIMIT_DEFAULT: 'off',
  RATE_LIMIT_BURST: 'off',
};
try {
  for (let n = 0; n < PROCESSES; n++) stage.services.push(await ServiceProcess.start(env));
  await streams(stage, { atOnce: Number(values.streams), rounds: Number(values.rounds) });
  await breaker(stage, { openedMs: Number(values['opened-ms']) });
  await explained(stage, { requests: Number(values.explained) });
  console.log(stage.mistakes.length === 0 ? 'the mesh holds' : 'THE MESH DOES NOT HOLD');
  process.exitCode = stage.mistakes.length === 0 ? 0 : 1;
} finally {
  await stage.close();
  await cluster?.stop();
}
