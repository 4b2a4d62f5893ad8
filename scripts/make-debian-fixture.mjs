// Cuts a small, closed piece out of a large package index (JSON lines, gzip or plain):
//   node scripts/make-debian-fixture.mjs <index> <out.jsonl.gz> <root> [root…]
// Closed: whatever a package of the piece depends on or recommends, as the import resolves it, is in the piece too, so
// that every group comes to the same end as in the whole index.
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';

const [source, target, ...roots] = process.argv.slice(2);
if (!source || !target || roots.length === 0) {
  process.stderr.write('usage: node scripts/make-debian-fixture.mjs <index> <out.jsonl.gz> <root> [root…]\n');
  process.exit(2);
}

const bytes = readFileSync(source);
const lines = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8').split('\n').filter(Boolean);
const packages = new Map(lines.map((line) => [JSON.parse(line).name, { line, ...JSON.parse(line) }]));
const providers = new Map();
for (const { name, provides = [] } of packages.values()) {
  for (const provided of provides) providers.set(provided, [...(providers.get(provided) ?? []), name]);
}

const missing = roots.filter((root) => !packages.has(root));
if (missing.length > 0) throw new Error(`not in ${source}: ${missing.join(', ')}`);

const kept = new Set(roots);
for (const name of kept) {
  const { depends = [], recommends = [] } = packages.get(name);
  for (const group of [...depends, ...recommends]) {
    const real = group.find((alternative) => packages.has(alternative.name));
    const virtual = group.find((alternative) => providers.has(alternative.name));
    if (real) kept.add(real.name);
    else if (virtual) kept.add(providers.get(virtual.name)[0]);
  }
}

const piece = [...packages.values()].filter(({ name }) => kept.has(name)).map(({ line }) => line);
const packed = gzipSync(`${piece.join('\n')}\n`, { level: 9 });
// Byte 9 says which system packed it: the same input gives the same file everywhere.
packed[9] = 255;
writeFileSync(target, packed);
process.stdout.write(`${piece.length} packages, ${packed.length} bytes\n`);
