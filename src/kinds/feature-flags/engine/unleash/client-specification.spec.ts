import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { EvaluationContext } from '../evaluation.js';
import { compileRuleset, evaluate } from '../ruleset.js';
import { importUnleash } from './unleash-import.js';

interface Case<T> {
  readonly description: string;
  readonly context: EvaluationContext;
  readonly toggleName: string;
  readonly expectedResult: T;
}
interface Specification {
  readonly name: string;
  readonly state: unknown;
  readonly tests?: readonly Case<boolean>[];
  readonly variantTests?: readonly Case<object>[];
}

const folder = join(
  dirname(createRequire(join(process.cwd(), 'package.json')).resolve('@unleash/client-specification/package.json')),
  'specifications',
);
const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;

describe.each(read<string[]>('index.json').map((name) => read<Specification>(name)))(
  'Unleash: $name',
  (specification) => {
    const imported = importUnleash(specification.state);
    const flags = imported.features.flatMap(({ environments }) => [...environments.values()]);
    const ruleset = compileRuleset('default', 1, flags, imported.segments);

    it('is understood', () => {
      expect(ruleset.problems).toEqual([]);
      expect((specification.tests ?? []).length + (specification.variantTests ?? []).length).toBeGreaterThan(0);
    });

    for (const { description, context, toggleName, expectedResult } of specification.tests ?? [])
      it(`${toggleName}: ${description}`, () => {
        expect(evaluate(ruleset, toggleName, context).enabled).toBe(expectedResult);
      });

    for (const { description, context, toggleName, expectedResult } of specification.variantTests ?? [])
      it(`${toggleName}: ${description}`, () => {
        const { enabled, variant, payload } = evaluate(ruleset, toggleName, context);
        const given = {
          name: variant ?? 'disabled',
          payload,
          enabled: variant !== undefined,
          feature_enabled: enabled,
        };
        expect(given).toEqual(expectedResult);
      });
  },
);
