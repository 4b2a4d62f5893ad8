import { calibrated } from './calibration.js';
import { CALIBRATED_MODEL, CURVES } from './calibration-curves.js';
import type { Share, Verdict } from './verdict.js';

/** What one label is likely to be right by. */
export interface Likely {
  value: string;
  confidence: number;
}

/** What another sort of model says was not measured, and is believed half as much. */
const UNMEASURED = 0.5;
const DIGITS = 3;

const rounded = (value: number): number => Number(value.toFixed(DIGITS));

/** Whether the confidences of answers by this model were measured. */
export const isCalibrated = (model: string): boolean => model === CALIBRATED_MODEL;

/** Another training of the same model has other vectors, but cosines of the same size. */
const isKin = (model: string): boolean => model.split('@', 1)[0] === CALIBRATED_MODEL.split('@', 1)[0];

/**
 * The likeliest labels with their confidence, best first. The best one's was measured; the others share what is left of
 * certainty as they share the evidence.
 */
export function confidencesOf(
  { shares, method }: Verdict,
  target: 'category' | 'feature',
  model: string,
  most: number,
): Likely[] {
  if (shares.length === 0) return [];
  const [best, ...others] = shares;
  const measured = calibrated(best.share, CURVES[target][method]);
  const confidence = isKin(model) || method === 'rule' ? measured : measured * UNMEASURED;
  const rest = others.reduce((sum, { share }) => sum + share, 0);
  const next = ({ label, share }: Share): Likely => ({
    value: label,
    confidence: rounded(Math.min(confidence, rest > 0 ? ((1 - confidence) * share) / rest : 0)),
  });
  return [{ value: best.label, confidence: rounded(confidence) }, ...others.slice(0, most - 1).map(next)];
}
