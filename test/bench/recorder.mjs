// Learns which SQL the service runs for a request, so that the bare handler can run exactly the same: the whole
// application in this process, its one door to the database listened at while one request at a time passes.
import { once } from 'node:events';
import { application } from '../../dist/src/application.js';
import { UnitOfWork } from '../../dist/src/platform/database/unit-of-work.js';
import { readEnv } from '../../dist/src/platform/env/load-env.js';
import { currentRequest } from '../../dist/src/platform/http/request-context.js';

/** For each request the statements it led to, in order: `{ text, values, name, transaction }`. */
export async function record(requests, { databaseUrl, adminKey }) {
  const app = await application(
    readEnv({ DATABASE_URL: databaseUrl, REGISTRY_ADMIN_KEY: adminKey, LOG_LEVEL: 'silent', LOG_FORMAT: 'json' }),
  );
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const original = UnitOfWork.prototype.query;
  let statements;
  UnitOfWork.prototype.query = function (text, values, name) {
    if (statements && currentRequest())
      statements.push({ text, values: values ?? [], name, transaction: this.inTransaction });
    return original.call(this, text, values, name);
  };
  try {
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address();
    const recordings = [];
    for (const { method = 'GET', path, body } of requests) {
      // Twice: the first call also reads what is cached afterwards (the key, the relationship types).
      for (const attempt of [0, 1]) {
        statements = [];
        const headers = { 'x-api-key': adminKey, ...(body && { 'content-type': 'application/json' }) };
        const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
          method,
          headers,
          body: body && JSON.stringify(body(attempt)),
        });
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
        await answer.arrayBuffer();
      }
      recordings.push(statements);
    }
    return recordings;
  } finally {
    UnitOfWork.prototype.query = original;
    const closed = once(app.getHttpServer(), 'close');
    await app.close();
    await closed.catch(() => undefined);
  }
}
