import { calibrated, fitCurve } from './calibration.js';
import { statedCategory } from './category-rules.js';
import { STATIC_SCALE, verdictOf } from './verdict.js';

const likenesses = [
  { label: 'service', similarity: 0.4 },
  { label: 'dataset', similarity: 0.2 },
];

describe('verdictOf', () => {
  it('goes by neighbours where they are near, and by descriptions where none is', () => {
    const near = [0.8, 0.75].map((similarity) => ({ label: 'dataset', similarity }));
    expect(verdictOf(near, likenesses, STATIC_SCALE)).toMatchObject({
      method: 'neighbours',
      shares: [{ label: 'dataset' }, { label: 'service' }],
    });
    const far = [{ label: 'dataset', similarity: 0.1 }];
    expect(verdictOf(far, likenesses, STATIC_SCALE)).toMatchObject({
      method: 'zero_shot',
      shares: [{ label: 'service' }, { label: 'dataset' }],
    });
  });

  it('believes one very near neighbour before several far ones', () => {
    const neighbours = [
      { label: 'dataset', similarity: 0.95 },
      ...[0.5, 0.5, 0.5].map((similarity) => ({ label: 'service', similarity })),
    ];
    expect(verdictOf(neighbours, [], STATIC_SCALE).shares[0].label).toBe('dataset');
  });

  it('hears what the text calls itself, and gives shares that add up to 1', () => {
    const { method, shares } = verdictOf([], likenesses, STATIC_SCALE, 'webhook');
    expect(method).toBe('rule');
    expect(shares[0].label).toBe('webhook');
    expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    expect(verdictOf([], [], STATIC_SCALE).shares).toEqual([]);
  });
});

describe('calibration', () => {
  it('learns how often answers are right, rising with their share', () => {
    const outcomes = Array.from({ length: 1000 }, (_, n) => ({ share: n / 1000, right: (n * 7) % 1000 < n / 2 }));
    const curve = fitCurve(outcomes);
    const rates = curve.map(([, rate]) => rate);
    expect(rates).toEqual(rates.toSorted((a, b) => a - b));
    expect(calibrated(0.8, curve)).toBeGreaterThan(0.3);
    expect(calibrated(0.8, curve)).toBeLessThan(0.5);
    expect(calibrated(0, curve)).toBe(curve[0][1]);
    expect(calibrated(1, curve)).toBe(curve.at(-1)![1]);
  });
});

describe('statedCategory', () => {
  it.each([
    ['Slack webhook for deployments', 'webhook'],
    ['A simple mail server', 'service'],
    ['Workflow engines', 'engine'],
    ['Tables for PostgreSQL services', undefined],
    ['Runs plugins', 'plugin'],
  ])('reads %s as %s', (title, category) => {
    expect(statedCategory(title)?.category).toBe(category);
  });
});
