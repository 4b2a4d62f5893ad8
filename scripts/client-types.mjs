// Writes src/client/generated from openapi.json: the types of every operation, and which POST takes no Idempotency-Key.
// With --check only compares, and fails on any difference.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'src', 'client', 'generated');
const MADE = '// Made from openapi.json by scripts/client-types.mjs; do not edit.\n';

/** A field of a request with a default may be left out; one of an answer that is always there is `required` besides. */
const SETTINGS = { defaultNonNullable: false };

/** Examples are the most of the document, and say nothing to the compiler. A property may be named like one. */
function withoutExamples(value, areNames = false) {
  if (Array.isArray(value)) return value.map((item) => withoutExamples(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => areNames || (name !== 'example' && name !== 'examples'))
      .map(([name, item]) => [name, withoutExamples(item, !areNames && name === 'properties')]),
  );
}

const isProblem = ({ content = {} }) => Object.keys(content).join() === 'application/problem+json';

/** Every refusal has one shape, which the client throws; and whoever wants headers reads them from the answer. */
function shortened(document) {
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item)) {
      const answers = Object.entries(operation.responses);
      const own = answers.filter(([, answer]) => !isProblem(answer));
      for (const [, answer] of own) delete answer.headers;
      operation.responses = Object.fromEntries(own);
      if (own.length < answers.length) operation.responses.default = { $ref: '#/components/responses/Problem' };
    }
  }
  document.components.responses = {
    Problem: {
      description: 'What was wrong (RFC 9457).',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  };
  return document;
}

/** What asks for no more than to read, and is not to be sent again all the same. */
const NOT_TWICE = new Set([
  '/api/v1/gateway/tokens/refresh', // its token is good for one use
  '/api/v1/grid/balance', // counts a connection
  '/api/v1/grid/nodes/{id}/release', // and takes it back
]);

/** POST routes without the header: those that only ask may be sent again at will, the others not. */
function unkeyedPosts(paths) {
  const found = { reads: [], once: [] };
  for (const [path, { post }] of Object.entries(paths)) {
    if (!post || post.parameters?.some(({ name }) => name === 'Idempotency-Key')) continue;
    const asks = /^(read:|authenticated$|public$)/.test(post['x-permission']) && !NOT_TWICE.has(path);
    found[asks ? 'reads' : 'once'].push(path);
  }
  return found;
}

function postsFile({ reads, once }) {
  const list = (paths) => `[\n${paths.map((path) => `  '${path}',\n`).join('')}]`;
  return `${MADE}
/** POST routes that only ask: asking twice does no harm. */
export const READING_POSTS: readonly string[] = ${list(reads)};

/** POST routes that take no Idempotency-Key, and of which twice is not as good as once. */
export const UNKEYED_POSTS: readonly string[] = ${list(once)};
`;
}

const document = JSON.parse(await readFile(join(root, 'openapi.json'), 'utf8'));
const files = {
  'posts.ts': postsFile(unkeyedPosts(document.paths)),
  'schema.ts': MADE + astToString(await openapiTS(shortened(withoutExamples(document)), SETTINGS)),
};
await mkdir(folder, { recursive: true });
for (const [name, text] of Object.entries(files)) {
  const path = join(folder, name);
  if (!process.argv.includes('--check')) {
    await writeFile(path, text);
  } else if (text !== (await readFile(path, 'utf8').catch(() => ''))) {
    process.stderr.write(
      `src/client/generated/${name} is not what openapi.json says: run node scripts/client-types.mjs\n`,
    );
    process.exitCode = 1;
  }
}
