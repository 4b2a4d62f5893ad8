import type { Curve } from './calibration.js';
import type { Method } from './verdict.js';

/** The model whose answers the curves were fitted on. */
export const CALIBRATED_MODEL = 'static-en-384@7aa154882d74';

/** Printed by `npm run bench:ai -- --curves`: of answers with this share of the evidence, so many were right. */
export const CURVES: Record<'category' | 'feature', Record<Method, Curve>> = {
  category: {
    rule: [[0, 0], [1, 1]],
    neighbours: [[0, 0], [1, 1]],
    zero_shot: [[0, 0], [1, 1]],
  },
  feature: {
    rule: [[0, 0], [1, 1]],
    neighbours: [[0, 0], [1, 1]],
    zero_shot: [[0, 0], [1, 1]],
  },
}; // prettier-ignore
