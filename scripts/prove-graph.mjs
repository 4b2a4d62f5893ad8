// Proves the graph's algorithms and its limits.
//   npm run prove:graph -- [FILE] [--only oracle|closures|adversarial]
// First the graph of a package index FILE (JSON lines, gzip; the sample of the tests when left out) is measured here and by
// graphology: degree, betweenness, closeness, PageRank, components, strong components, and the modularity of communities.
// The whole Debian index takes some minutes. Then FILE is imported, and dependencies and impact of 300 packages are compared
// with an independent reading of it. Last a service is asked every graph call about a star of 200,000 leaves, a chain of
// 5,000, a complete bipartite graph of 1,000 by 1,000 and a ladder of diamonds: each is answered in its time, and says what
// it leaves out. That uses the database of DATABASE_URL if given (its catalog stays there), else one of its own.
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { proveAdversarial } from './proof/graph-adversarial.mjs';
import { proveClosures } from './proof/graph-closures.mjs';
import { proveOracle } from './proof/graph-oracle.mjs';

const SAMPLE = fileURLToPath(new URL('../test/fixtures/debian-sample.jsonl.gz', import.meta.url));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' } } });
const [file = process.env.PACKAGE_INDEX ?? SAMPLE] = positionals;

const parts = {
  oracle: () => proveOracle(file),
  closures: () => proveClosures(file),
  adversarial: () => proveAdversarial(),
};
for (const [name, prove] of Object.entries(parts)) if (!values.only || values.only === name) await prove();
