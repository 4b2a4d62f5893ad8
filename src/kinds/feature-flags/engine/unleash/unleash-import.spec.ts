import { compileRuleset, evaluate, explain } from '../ruleset.js';
import type { UnleashImport } from './unleash-import.js';
import { importUnleash } from './unleash-import.js';

const rollout = (groupId: string, more: object = {}) => ({
  parameters: { rollout: '50', stickiness: 'default', groupId },
  constraints: [{ contextName: 'country', operator: 'IN', values: ['no'] }],
  ...more,
});
const variants = [
  {
    name: 'a',
    weight: 500,
    weightType: 'variable',
    stickiness: 'default',
    payload: { type: 'json', value: '{"x":1}' },
  },
  { name: 'b', weight: 500, weightType: 'variable', stickiness: 'default', payload: { type: 'number', value: '2.5' } },
];
const rulesetOf = ({ features, segments }: UnleashImport, environment: string) =>
  compileRuleset(
    environment,
    1,
    features.flatMap((feature) => feature.environments.get(environment) ?? []),
    segments,
  );

describe("an import of Unleash's export", () => {
  const document = {
    features: [
      {
        name: 'New.Checkout',
        description: 'The new one',
        type: 'release',
        project: 'shop',
        stale: true,
        archived: false,
        variants: [],
      },
      { name: 'child', type: 'release' },
      { name: 'old', archivedAt: '2024-01-01T00:00:00Z' },
    ],
    featureStrategies: [
      {
        name: 'flexibleRollout',
        featureName: 'New.Checkout',
        sortOrder: 2,
        segments: [],
        variants: [],
        ...rollout('New.Checkout'),
      },
      {
        name: 'default',
        title: 'Staff',
        featureName: 'New.Checkout',
        sortOrder: 1,
        constraints: [],
        parameters: {},
        segments: [7],
      },
      { name: 'ourOwn', featureName: 'child' },
      { name: 'default', featureName: 'child' },
      { name: 'default', featureName: 'old', disabled: true },
    ],
    featureEnvironments: [
      { name: 'New.Checkout', featureName: 'New.Checkout', environment: 'production', enabled: true, variants },
      { name: 'child', featureName: 'child', environment: 'production', enabled: true },
      { featureName: 'old', environment: 'production', enabled: true },
    ],
    segments: [
      {
        id: 7,
        name: 'staff',
        constraints: [{ contextName: 'email', operator: 'STR_ENDS_WITH', values: ['@shop.no'] }],
      },
      { id: 8, name: 'lost' },
    ],
    dependencies: [
      { feature: 'child', dependencies: [{ feature: 'New.Checkout', enabled: true, variants: ['a', 'b'] }] },
    ],
    featureTags: [{ featureName: 'New.Checkout', tagType: 'simple', tagValue: 'shop' }],
    contextFields: [],
    tagTypes: [],
  };
  const imported = importUnleash(document);
  const ruleset = rulesetOf(imported, 'production');

  it('keeps names, facts, and what could not be taken over', () => {
    expect(imported.features.map(({ name }) => name)).toEqual(['New.Checkout', 'child', 'old']);
    expect(imported.features[0].facts).toEqual({
      description: 'The new one',
      type: 'release',
      project: 'shop',
      stale: true,
      archived: false,
      tags: ['shop'],
    });
    expect(imported.warnings).toEqual([
      'child has the custom strategy ourOwn, which never holds.',
      'Segment lost comes without its constraints: nobody is a member.',
    ]);
    expect(ruleset.problems).toEqual([]);
  });

  it('keeps strategies in their order, segments, variants of the environment, and dependencies', () => {
    const staff = { userId: 'u1', email: 'u1@shop.no' };
    const answer = evaluate(ruleset, 'New.Checkout', staff);
    expect(answer).toMatchObject({ enabled: true, rule: 'default: Staff' });
    expect(answer.value).toEqual(answer.variant === 'a' ? { x: 1 } : 2.5);
    expect(evaluate(ruleset, 'child', staff)).toMatchObject({ enabled: true, value: true });
    expect(evaluate(ruleset, 'child', {})).toMatchObject({ enabled: false, rule: 'dependency New.Checkout' });
    expect(evaluate(ruleset, 'New.Checkout', { userId: 'u1' })).toMatchObject({ enabled: false, value: undefined });
    expect(evaluate(ruleset, 'old', {}).reason).toBe('DISABLED');
  });

  it('explains by strategy, constraint and bucket', () => {
    const [{ steps }] = explain(ruleset, 'New.Checkout', { userId: 'u1', country: 'no' }).steps;
    expect(steps.map(({ kind, name }) => `${kind} ${name}`).slice(0, 2)).toEqual([
      'rule default: Staff',
      'rule flexibleRollout 2',
    ]);
    expect(steps[1].steps.map(({ kind }) => kind)).toEqual(['condition', 'rollout']);
    expect(steps[1].steps[1]).toMatchObject({ limit: 50, bucket: expect.any(Number) as number });
  });
});

describe("an import of Unleash's state", () => {
  it('knows every environment of later versions', () => {
    const imported = importUnleash({
      version: 4,
      features: [{ name: 'f' }],
      environments: [{ name: 'development' }, { name: 'production' }],
      featureStrategies: [
        {
          id: 's1',
          featureName: 'f',
          environment: 'development',
          strategyName: 'default',
          parameters: {},
          constraints: [],
        },
        {
          id: 's2',
          featureName: 'f',
          environment: 'production',
          strategyName: 'flexibleRollout',
          ...rollout('f', { constraints: [] }),
        },
      ],
      featureEnvironments: [
        { featureName: 'f', environment: 'development', enabled: true },
        { featureName: 'f', environment: 'production', enabled: true },
      ],
      segments: [{ id: 3, name: 'nobody', constraints: [{ contextName: 'x', operator: 'IN', values: ['y'] }] }],
      featureStrategySegments: [{ featureStrategyId: 's1', segmentId: 3 }],
    });
    expect(evaluate(rulesetOf(imported, 'development'), 'f', {}).enabled).toBe(false);
    expect(evaluate(rulesetOf(imported, 'development'), 'f', { x: 'y' }).enabled).toBe(true);
    const production = rulesetOf(imported, 'production');
    const taken = Array.from({ length: 1000 }, (_, i) => evaluate(production, 'f', { targetingKey: `u${i}` }).enabled);
    expect(Math.abs(taken.filter(Boolean).length - 500)).toBeLessThan(80);
  });

  it('without environments is taken for the one that is asked for', () => {
    const imported = importUnleash(
      { version: 1, features: [{ name: 'f', enabled: true, strategies: [{ name: 'default' }] }] },
      'staging',
    );
    expect(evaluate(rulesetOf(imported, 'staging'), 'f', {}).enabled).toBe(true);
  });

  it('says until when dates hold', () => {
    const constraints = [{ contextName: 'currentTime', operator: 'DATE_BEFORE', value: '2026-01-01T00:00:00Z' }];
    const imported = importUnleash({
      features: [{ name: 'f', enabled: true, strategies: [{ name: 'default', constraints }] }],
    });
    const newYear = Date.UTC(2026, 0, 1);
    expect(evaluate(rulesetOf(imported, 'default'), 'f', {}, newYear - 5)).toMatchObject({
      enabled: true,
      validUntil: newYear,
    });
    const later = evaluate(rulesetOf(imported, 'default'), 'f', {}, newYear);
    expect([later.enabled, later.validUntil]).toEqual([false, undefined]);
  });

  it.each([
    [[], 'document'],
    [{ features: {} }, 'features'],
    [{ features: [{}] }, 'features[0].name'],
    [{ features: [null] }, 'features'],
    [{ features: [], featureStrategies: [{}] }, 'featureStrategies[0].name'],
    [{ features: [], segments: [{ name: 'x' }] }, 'segments[0].id'],
    [{ events: [{ type: 'odd' }] }, 'events[0].type'],
    [{ features: [{ name: 'f', strategies: 'x' }] }, 'strategies'],
  ])('refuses %j, naming the field', (document, field) => {
    expect(() => importUnleash(document)).toThrow(expect.objectContaining({ field }) as Error);
  });
});
