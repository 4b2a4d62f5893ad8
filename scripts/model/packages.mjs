// The package descriptions, and the split into those that train the model and those that test it.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { createHash } from 'node:crypto';
import { PARAPHRASES } from './paraphrases.mjs';

export function linesOf(path) {
  const file = createReadStream(path);
  return createInterface({ input: path.endsWith('.gz') ? file.pipe(createGunzip()) : file, crlfDelay: Infinity });
}

export const squash = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
const normal = (text) => squash(text).toLowerCase();

/** One JSON object a line, with name, section, summary, description, homepage and tags. */
export async function readPackages(path) {
  const packages = [];
  for await (const line of linesOf(path)) {
    const { name, section, summary, description, homepage, tags } = JSON.parse(line);
    packages.push({ name, section, summary: squash(summary), long: squash(description), homepage, tags: tags ?? [] });
  }
  return packages;
}

/** Groups what shares a home page, a summary or the start of a description. */
class Groups {
  #parent = new Map();

  of(key) {
    let root = key;
    while (this.#parent.has(root)) root = this.#parent.get(root);
    for (let at = key; at !== root;) {
      const next = this.#parent.get(at);
      this.#parent.set(at, root);
      at = next;
    }
    return root;
  }

  join(one, other) {
    const [a, b] = [this.of(one), this.of(other)];
    if (a !== b) this.#parent.set(a < b ? b : a, a < b ? a : b);
  }
}

/** What many unrelated packages say of themselves binds no group together. */
const COMMONPLACE = /transitional|dummy|metapackage|meta-package/i;
const WIDELY_SHARED = 400;

function groupsOf(packages) {
  const groups = new Groups();
  const shared = new Map();
  for (const one of packages) {
    const keys = [`h:${one.homepage}`, `s:${normal(one.summary)}`, `l:${normal(one.long).slice(0, 150)}`];
    if (!one.homepage) keys.shift();
    if (COMMONPLACE.test(one.summary)) continue;
    for (const key of keys) {
      const names = shared.get(key) ?? [];
      names.push(one.name);
      shared.set(key, names);
    }
  }
  for (const [key, names] of shared) {
    if (key.startsWith('h:') && names.length > WIDELY_SHARED) continue;
    for (const name of names) groups.join(names[0], name);
  }
  return groups;
}

/**
 * Half of the groups train, the other half test; the packages that the paraphrased questions ask for always test.
 * Packages whose only words are commonplace ("transitional package") do neither.
 */
export function split(packages) {
  const groups = groupsOf(packages);
  const asked = new Set(PARAPHRASES.flatMap(([, names]) => names).map((name) => groups.of(name)));
  const sides = { train: [], test: [] };
  for (const one of packages) {
    if (COMMONPLACE.test(one.summary) || !one.long) continue;
    const group = groups.of(one.name);
    const odd = createHash('sha256').update(group).digest()[0] & 1;
    (asked.has(group) || odd ? sides.test : sides.train).push({ ...one, group });
  }
  return sides;
}
