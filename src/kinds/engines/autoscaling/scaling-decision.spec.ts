import { decide } from './scaling-decision.js';
import type { ScalingInputs } from './scaling-decision.js';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
const SETTINGS = { target: 70, tolerance: 0.1, cooldown_seconds: 60, stabilization_seconds: 300 };

const look = (value: number | undefined, change: Partial<ScalingInputs> = {}): ReturnType<typeof decide> =>
  decide({
    now: NOW,
    capacity: { min: 1, max: 10, current: 4 },
    settings: SETTINGS,
    load: { per: 'unit', value },
    recommendations: [],
    lastScaledAt: null,
    ...change,
  });
const queue = (value: number, change: Partial<ScalingInputs> = {}): ReturnType<typeof decide> =>
  look(0, { load: { per: 'engine', value }, settings: { ...SETTINGS, target: 10 }, ...change });

describe('the decision of an autoscaler', () => {
  it('grows by the ratio of load to target, rounded up', () => {
    expect(look(100)).toMatchObject({ action: 'scale_up', reason: 'above_target', desired: 6 });
    expect(look(140)).toMatchObject({ action: 'scale_up', desired: 8 });
  });

  it('stays within the tolerance, and no longer just beyond it', () => {
    for (const value of [63, 70, 77]) expect(look(value)).toMatchObject({ action: 'none', reason: 'within_tolerance' });
    expect(look(77.1)).toMatchObject({ action: 'scale_up', desired: 5 });
  });

  it('keeps to the bounds and says at which it is', () => {
    expect(look(1000)).toMatchObject({ action: 'scale_up', desired: 10 });
    expect(look(1000, { capacity: { min: 1, max: 4, current: 4 } })).toMatchObject({
      reason: 'at_maximum',
      desired: 4,
    });
    expect(look(1, { capacity: { min: 4, max: 9, current: 4 } })).toMatchObject({ reason: 'at_minimum', desired: 4 });
  });

  it('keeps its size while the metric is missing', () => {
    expect(look(undefined)).toMatchObject({ action: 'none', reason: 'metric_missing', desired: 4 });
  });

  it('does not shrink below what was needed within the stabilisation window', () => {
    const recommendations = [
      { at: ago(299), units: 4 },
      { at: ago(100), units: 3 },
    ];
    expect(look(35, { recommendations })).toMatchObject({ action: 'none', reason: 'stabilizing', desired: 4 });
    recommendations[0].at = ago(301);
    expect(look(35, { recommendations })).toMatchObject({ action: 'scale_down', reason: 'below_target', desired: 3 });
    recommendations[1].at = ago(300);
    const decision = look(35, { recommendations });
    expect(decision).toMatchObject({ action: 'scale_down', desired: 2 });
    expect(decision.recommendations).toEqual([{ at: NOW, units: 2 }]);
  });

  it('grows at once whatever the window holds', () => {
    expect(look(140, { recommendations: [{ at: ago(10), units: 1 }] })).toMatchObject({ desired: 8 });
  });

  it('does nothing within the cooldown, in either direction', () => {
    for (const value of [140, 7]) {
      expect(look(value, { lastScaledAt: ago(59) })).toMatchObject({ action: 'none', reason: 'cooldown', desired: 4 });
      expect(look(value, { lastScaledAt: ago(60) }).action).not.toBe('none');
    }
  });

  it('goes by the backlog a unit has, from none at all too', () => {
    expect(queue(75)).toMatchObject({ action: 'scale_up', desired: 8 });
    expect(queue(43)).toMatchObject({ action: 'none', reason: 'within_tolerance' });
    expect(queue(0)).toMatchObject({ action: 'scale_down', desired: 1 });
    const none = { min: 0, max: 10, current: 0 };
    expect(queue(1, { capacity: none })).toMatchObject({ action: 'scale_up', desired: 1 });
    expect(queue(0, { capacity: none })).toMatchObject({ action: 'none', desired: 0 });
    expect(look(50, { capacity: none })).toMatchObject({ action: 'none', reason: 'no_units' });
  });
});
