// `npm run prove:resolution -- FILE`: resolves 200 packages of a Debian package index, chosen by a fixed seed, by their own
// versioned constraints, with Debian's order of versions, and checks every plan apart from the solver: each group of each
// chosen package is met, and no package is chosen twice.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { resolve } from '../dist/src/kinds/plugins/resolution/solver.js';
import { Universe } from '../dist/src/kinds/plugins/resolution/universe.js';
import { compareDebianVersions } from '../dist/src/versions/debian-version.js';

const SAMPLE = 200;
const LIMIT_MS = 1000;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [file = here('../test/fixtures/debian-sample.jsonl.gz')] = process.argv.slice(2);

const HOLDS = {
  '<<': (difference) => difference < 0,
  '<=': (difference) => difference <= 0,
  '=': (difference) => difference === 0,
  '>=': (difference) => difference >= 0,
  '>>': (difference) => difference > 0,
};
const accepts = ({ op, version }, offered) => !op || HOLDS[op](compareDebianVersions(offered, version));
const needOf = (wanted) => ({
  name: wanted.name,
  text: wanted.op ? `${wanted.name} (${wanted.op} ${wanted.version})` : wanted.name,
  accepts: (version) => accepts(wanted, version),
  // The index tells what a package provides, not in which version: any will do.
  orProvided: true,
});

const packages = gunzipSync(readFileSync(file))
  .toString()
  .split('\n')
  .filter(Boolean)
  .map((line) => {
    const { name, version, depends, provides } = JSON.parse(line);
    return { name, version, depends, provides };
  });
const started = performance.now();
const universe = new Universe(
  packages.map(({ name, version, depends = [], provides = [] }) => ({
    name,
    version,
    provides,
    needs: depends.map((group) => group.map(needOf)),
  })),
  compareDebianVersions,
);
console.log(`${packages.length} packages indexed in ${Math.round(performance.now() - started)} ms`);

/** Repeatable chance (mulberry32). */
function* chance(state) {
  for (;;) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}

const byName = Map.groupBy
  ? Map.groupBy(packages, ({ name }) => name)
  : new Map(packages.map((one) => [one.name, [one]]));
const providers = new Map();
for (const one of packages)
  for (const name of one.provides ?? []) providers.set(name, [...(providers.get(name) ?? []), one]);

function assertPlan(root, choices) {
  const plan = new Map(choices.map(({ candidate }) => [candidate.name, candidate.version]));
  if (plan.size !== choices.length) throw new Error(`${root}: a package is chosen twice.`);
  if (!plan.has(root)) throw new Error(`${root} is not in its own plan.`);
  for (const [name, version] of plan) {
    const chosen = byName.get(name).find((one) => one.version === version);
    for (const group of chosen.depends ?? []) {
      const met = group.some(
        (wanted) =>
          (plan.has(wanted.name) && accepts(wanted, plan.get(wanted.name))) ||
          (providers.get(wanted.name) ?? []).some((one) => plan.get(one.name) === one.version),
      );
      if (!met) throw new Error(`${root}: ${name} lacks ${group.map(({ name: wanted }) => wanted).join(' | ')}.`);
    }
  }
}

const random = chance(2026);
const names = [...new Set(packages.map(({ name }) => name))];
const sample = ['gnome', 'kde-full', 'texlive-full'].filter((name) => byName.has(name));
while (sample.length < Math.min(SAMPLE, names.length)) {
  const name = names[Math.floor(random.next().value * names.length)];
  if (!sample.includes(name)) sample.push(name);
}
const times = [];
const sizes = [];
const conflicts = [];
for (const name of sample) {
  const requirement = universe.requirementOf([{ name, text: name, accepts: () => true }]);
  const began = performance.now();
  const before = process.cpuUsage();
  const result = resolve([requirement]);
  const { user, system } = process.cpuUsage(before);
  // On a busy machine the clock tells more about the others.
  times.push([(user + system) / 1000, name, performance.now() - began]);
  if ('conflict' in result) {
    conflicts.push(name);
    console.log(
      `${name}: ${result.conflict.map(({ by, requirement: { text } }) => `${by?.name ?? 'asked'} needs ${text}`).join('; ')}`,
    );
    continue;
  }
  assertPlan(name, result.choices);
  sizes.push(result.choices.length);
}
times.sort(([a], [b]) => a - b);
sizes.sort((a, b) => a - b);
const ms = (value) => `${value.toFixed(1)} ms`;
const [slowest, slowestName, slowestByClock] = times.at(-1);
console.log(
  `${sizes.length} plans of ${sizes[0]} to ${sizes.at(-1)} packages, each checked; ${conflicts.length} have none`,
);
console.log(
  `CPU time: median ${ms(times[times.length >> 1][0])}, 95th percentile ${ms(times[Math.floor(times.length * 0.95)][0])}, slowest ${ms(slowest)} (${slowestName}; ${ms(slowestByClock)} by the clock)`,
);
if (slowest > LIMIT_MS) throw new Error(`${slowestName} took more than ${LIMIT_MS} ms of CPU time.`);
