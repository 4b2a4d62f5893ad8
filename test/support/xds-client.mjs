/**
 * A process with a gRPC client that takes its routes by xDS (GRPC_XDS_BOOTSTRAP_CONFIG). Each line of its input is
 * `{ "target", "calls", "metadata" }`; it answers a line with how often each server answered, or what went wrong.
 */
import { createInterface } from 'node:readline';
import { Client, Metadata, credentials } from '@grpc/grpc-js';
import { register } from '@grpc/grpc-js-xds';

register();
const AT_ONCE = 25;
const clients = new Map();
const same = (bytes) => bytes;

function call(client, metadata) {
  return new Promise((resolve, reject) => {
    const headers = new Metadata();
    for (const [name, value] of Object.entries(metadata)) headers.set(name, value);
    const options = { deadline: Date.now() + 20_000 };
    client.makeUnaryRequest('/shop.Orders/Get', same, same, Buffer.from(''), headers, options, (error, answer) =>
      error ? reject(error) : resolve(answer.toString('utf8')),
    );
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const { target, calls, metadata = {} } = JSON.parse(line);
  if (!clients.has(target)) clients.set(target, new Client(target, credentials.createInsecure()));
  const counts = {};
  try {
    for (let left = calls; left > 0; left -= AT_ONCE) {
      const some = Array.from({ length: Math.min(left, AT_ONCE) }, () => call(clients.get(target), metadata));
      for (const name of await Promise.all(some)) counts[name] = (counts[name] ?? 0) + 1;
    }
    process.stdout.write(`${JSON.stringify({ counts })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: error.message })}\n`);
  }
}
for (const client of clients.values()) client.close();
process.exit(0);
