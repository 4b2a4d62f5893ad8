import { Random } from '../../../../test/support/random.js';
import { TooManySteps } from './candidate.js';
import type { Candidate, Constraint, Requirement } from './candidate.js';
import { planOrder } from './plan-order.js';
import { resolve } from './solver.js';
import { Universe } from './universe.js';
import type { Need, Release } from './universe.js';

const byNumber = (a: string, b: string): number => Number(a) - Number(b);
const need = (name: string, ...versions: number[]): Need => ({
  name,
  text: `${name} in ${versions.join()}`,
  accepts: (version) => versions.includes(Number(version)),
});
const release = (name: string, version: number, ...needs: Need[]): Release => ({
  name,
  version: String(version),
  needs: needs.map((one) => [one]),
});
const shown = ({ name, version }: Candidate): string => `${name}@${version}`;
const told = ({ by, requirement }: Constraint): string => `${by ? shown(by) : 'you'}: ${requirement.text}`;

function asked(releases: Release[], ...needs: Need[]): string[] {
  const universe = new Universe(releases, byNumber);
  const result = resolve(needs.map((one) => universe.requirementOf([one])));
  return 'conflict' in result ? result.conflict.map(told) : result.choices.map(({ candidate }) => shown(candidate));
}

describe('resolve', () => {
  it('takes the newest of everything that is needed, breadth first', () => {
    const releases = [
      release('a', 1),
      release('a', 2, need('b', 1, 2), need('c', 1)),
      release('b', 1),
      release('b', 2, need('d', 3)),
      release('b', 3),
      release('c', 1),
      release('d', 3),
      release('unwanted', 1),
    ];
    expect(asked(releases, need('a', 1, 2))).toEqual(['a@2', 'b@2', 'c@1', 'd@3']);
  });

  it('takes an older one only where no plan has the newer', () => {
    const releases = [
      release('a', 1),
      release('a', 2, need('c', 2)),
      release('b', 1, need('c', 1)),
      release('c', 1),
      release('c', 2),
    ];
    expect(asked(releases, need('a', 1, 2), need('b', 1))).toEqual(['a@1', 'b@1', 'c@1']);
    // What is asked for first is asked first.
    releases.push(release('b', 0));
    expect(asked(releases, need('a', 1, 2), need('b', 0, 1))).toEqual(['a@2', 'b@0', 'c@2']);
    expect(asked(releases, need('b', 0, 1), need('a', 1, 2))).toEqual(['b@1', 'a@1', 'c@1']);
  });

  it('names the constraints that cannot hold together, and no other', () => {
    const releases = [
      release('a', 1, need('c', 2), need('e', 1)),
      release('b', 1, need('d', 1)),
      release('d', 1, need('c', 1)),
      release('c', 1),
      release('c', 2),
      release('e', 1),
    ];
    expect(asked(releases, need('e', 1), need('a', 1), need('b', 1))).toEqual([
      'you: a in 1',
      'you: b in 1',
      'a@1: c in 2',
      'b@1: d in 1',
      'd@1: c in 1',
    ]);
    expect(asked(releases, need('b', 1), need('nobody', 1))).toEqual(['you: nobody in 1']);
  });

  it('takes any alternative, one already in the plan before another, and who provides a name', () => {
    const releases: Release[] = [
      { name: 'a', version: '1', needs: [[need('x', 1), need('y', 1)], [{ ...need('mta'), orProvided: true }]] },
      release('x', 1, need('gone', 1)),
      release('y', 1),
      { ...release('postfix', 1), provides: ['mta'] },
    ];
    expect(asked(releases, need('a', 1))).toEqual(['a@1', 'y@1', 'postfix@1']);
  });

  it('keeps what something is installed with', () => {
    const releases: Release[] = [
      { ...release('a', 1, need('b', 1, 2)), installedWith: new Set(['b@1']) },
      release('b', 1),
      release('b', 2),
    ];
    expect(asked(releases, need('a', 1))).toEqual(['a@1', 'b@1']);
    expect(asked(releases, need('b', 1, 2), need('a', 1))).toEqual(['b@2', 'a@1']);
  });

  it('gives up after a number of steps', () => {
    const universe = new Universe(pigeons(9), byNumber);
    const roots = [...universe.versionsOf('root')[0].requirements];
    expect(() => resolve(roots, 20_000)).toThrow(TooManySteps);
  });

  it('agrees with trying everything, for 2,000 random worlds', () => {
    const random = new Random(20_26);
    const seen = { plans: 0, conflicts: 0, older: 0 };
    for (let world = 0; world < 2_000; world++) {
      const universe = new Universe(randomReleases(random), byNumber);
      const roots = NAMES.filter(() => random.below(3) > 0)
        .slice(0, 3)
        .map((name) => universe.requirementOf([randomNeed(random, name)]));
      const result = resolve(roots);
      const oracle = new Everything(universe, roots);
      const plan = oracle.plan();
      if ('conflict' in result) {
        expect(plan).toBeUndefined();
        expect(oracle.holds(result.conflict)).toBe(false);
        for (const one of result.conflict)
          expect(oracle.holds(result.conflict.filter((other) => other !== one))).toBe(true);
        seen.conflicts++;
      } else {
        expect(result.choices.map(({ candidate }) => shown(candidate))).toEqual(plan?.map(shown));
        seen.plans++;
        if (plan!.some((one) => roots.some(({ options }) => options.indexOf(one) > 0))) seen.older++;
      }
    }
    // Worlds where nothing is decided would prove nothing.
    expect(Math.min(seen.plans, seen.conflicts, seen.older)).toBeGreaterThan(100);
  });
});

describe('planOrder', () => {
  const orderOf = (releases: Release[], ...needs: Need[]) => {
    const universe = new Universe(releases, byNumber);
    const result = resolve(needs.map((one) => universe.requirementOf([one])));
    if ('conflict' in result) throw new Error('There is no plan.');
    const ordered = planOrder(result.choices);
    return 'cycle' in ordered ? ordered.cycle.map(shown) : ordered.order.map(({ candidate }) => shown(candidate));
  };

  it('puts what is needed first', () => {
    const releases = [release('a', 1, need('b', 1), need('c', 1)), release('b', 1, need('c', 1)), release('c', 1)];
    expect(orderOf(releases, need('a', 1))).toEqual(['c@1', 'b@1', 'a@1']);
  });

  it('names a circle', () => {
    const releases = [release('a', 1, need('b', 1)), release('b', 1, need('c', 1)), release('c', 1, need('b', 1))];
    expect(orderOf(releases, need('a', 1))).toEqual(['b@1', 'c@1', 'b@1']);
    expect(orderOf([release('a', 1, need('a', 1))], need('a', 1))).toEqual(['a@1', 'a@1']);
  });

  it('orders a chain of thousands', () => {
    const chain = Array.from({ length: 5_000 }, (_, i) => release(`p${i}`, 1, need(`p${i + 1}`, 1)));
    expect(orderOf([...chain, release('p5000', 1)], need('p0', 1))).toHaveLength(5_001);
  });
});

/** More packages than there are versions of the one thing each wants for itself alone: hard for every resolution proof. */
function pigeons(holes: number): Release[] {
  const count = holes + 1;
  const all = Array.from({ length: count }, (_, i) => i);
  return [
    release('root', 1, ...all.map((pigeon) => need(`pigeon${pigeon}`, ...all.slice(0, holes)))),
    ...all.flatMap((pigeon) =>
      all.slice(0, holes).map((hole) => release(`pigeon${pigeon}`, hole, need(`hole${hole}`, pigeon))),
    ),
    ...all.slice(0, holes).flatMap((hole) => all.map((pigeon) => release(`hole${hole}`, pigeon))),
  ];
}

const NAMES = ['a', 'b', 'c', 'd', 'e'];

function randomNeed(random: Random, name: string): Need {
  const from = random.below(4);
  return need(name, ...[0, 1, 2, 3].filter((version) => version >= from - 1 && version <= from + random.below(3)));
}

function randomReleases(random: Random): Release[] {
  return NAMES.flatMap((name) =>
    [0, 1, 2, 3]
      .filter(() => random.below(5) > 0)
      .map((version) =>
        release(
          name,
          version,
          ...NAMES.filter((other) => other !== name && random.below(10) < 4).map((other) => randomNeed(random, other)),
        ),
      ),
  );
}

/** The definition itself: every combination of versions, those that hold, and a walk that asks them. */
class Everything {
  private readonly worlds: Candidate[][];

  constructor(
    universe: Universe,
    private readonly roots: readonly Requirement[],
  ) {
    this.worlds = NAMES.reduce<Candidate[][]>(
      (worlds, name) => worlds.flatMap((world) => [world, ...universe.versionsOf(name).map((one) => [...world, one])]),
      [[]],
    );
  }

  holds(constraints: readonly Constraint[]): boolean {
    return this.worlds.some((world) => constraints.every((constraint) => met(world, constraint)));
  }

  plan(): Candidate[] | undefined {
    let models = this.worlds.filter(
      (world) =>
        this.roots.every((requirement) => met(world, { requirement })) &&
        world.every((by) => by.requirements.every((requirement) => met(world, { by, requirement }))),
    );
    if (models.length === 0) return undefined;
    const taken: Candidate[] = [];
    const queue = [...this.roots];
    for (const { options } of queue) {
      if (options.some((option) => taken.includes(option))) continue;
      const best = options.find((option) => models.some((model) => model.includes(option)))!;
      models = models.filter((model) => model.includes(best));
      taken.push(best);
      queue.push(...best.requirements);
    }
    return taken;
  }
}

const met = (world: readonly Candidate[], { by, requirement }: Constraint): boolean =>
  (by !== undefined && !world.includes(by)) || requirement.options.some((option) => world.includes(option));
