// What it costs to know who asks and to count it: the service against itself with the gateway taken out, by turns.
import { fileURLToPath } from 'node:url';
import { makeKey } from '../../dist/src/gateway/keys/key-format.js';
import { ServiceProcess } from '../../scripts/service-process.mjs';
import { load, median } from './load-process.mjs';

const OPEN = fileURLToPath(new URL('open-service.mjs', import.meta.url));

/** A key whose quota is counted and does not end. */
async function limitedKey(service, adminKey) {
  const response = await fetch(`${service.url}/api/v1/gateway/keys`, {
    method: 'POST',
    headers: { 'x-api-key': adminKey, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'benchmark',
      type: 'service_key',
      permissions: ['read:*'],
      rate_limit: { limit: 100_000_000, window_seconds: 3600 },
    }),
  });
  if (!response.ok) throw new Error(`No key: ${response.status} ${await response.text()}`);
  return (await response.json()).key;
}

/** Requests per second with the gateway and without it, for one question. */
export async function gatewayCost(question, { databaseUrl, pool, seconds, rounds }) {
  const adminKey = makeKey('admin_key');
  const env = { DATABASE_URL: databaseUrl, REGISTRY_ADMIN_KEY: adminKey, DATABASE_POOL_SIZE: String(pool) };
  const guarded = await ServiceProcess.start(env);
  const open = await ServiceProcess.start(env, OPEN);
  const results = { guarded: [], open: [] };
  try {
    const headers = { 'x-api-key': await limitedKey(guarded, adminKey) };
    for (let round = 0; round <= rounds; round++) {
      const both = {
        guarded: await load(guarded.url, question, { seconds, headers }),
        open: await load(open.url, question, { seconds }),
      };
      if (round > 0) for (const name of ['guarded', 'open']) results[name].push(both[name].perSecond);
    }
  } finally {
    await guarded.stop();
    await open.stop();
  }
  return { guarded: median(results.guarded), open: median(results.open) };
}
