/** How fast level, trend and season follow what is new, each from 0 (never) to 1 (at once). */
export interface Smoothing {
  alpha: number;
  beta: number;
  gamma: number;
}

export interface Fit {
  level: number;
  trend: number;
  /** Of the coming steps, beginning with the next one. */
  season: number[];
  /** Sum of the squares of the errors made in forecasting each value from those before it. */
  squares: number;
}

/** The values tried for each parameter; finer steps hardly change the forecast. */
const ALPHAS = [0.1, 0.3, 0.5, 0.8];
const BETAS = [0.01, 0.1, 0.3];
const GAMMAS = [0.05, 0.2, 0.5];

/** Values needed before anything is told: two whole seasons. */
export const leastHistory = (period: number): number => 2 * period;

/**
 * Additive Holt–Winters smoothing (P. R. Winters, 1960; in the error-correcting form of Hyndman and Athanasopoulos,
 * Forecasting: Principles and Practice, 7.3). It begins with the mean of the first season as level, the mean step from
 * the first to the second season as trend, and the distances of the first season from its level, without that trend, as
 * season. `values` are at equal distances, at least two periods of them.
 */
export function fit(values: readonly number[], period: number, { alpha, beta, gamma }: Smoothing): Fit {
  if (values.length < leastHistory(period)) throw new Error('Two whole seasons are needed.');
  const mean = (from: number): number => values.slice(from, from + period).reduce((sum, y) => sum + y, 0) / period;
  const first = mean(0);
  let trend = (mean(period) - first) / period;
  const middle = (period - 1) / 2;
  const season = values.slice(0, period).map((y, i) => y - (first + (i - middle) * trend));
  // The level just before the first value, so that the first season is smoothed like every other.
  let level = first - (middle + 1) * trend;
  let squares = 0;
  for (const [t, y] of values.entries()) {
    const seasonal = season[t % period];
    const error = y - (level + trend + seasonal);
    squares += error * error;
    const next = alpha * (y - seasonal) + (1 - alpha) * (level + trend);
    trend = beta * (next - level) + (1 - beta) * trend;
    season[t % period] = seasonal + gamma * (1 - alpha) * error;
    level = next;
  }
  const at = values.length % period;
  return { level, trend, season: [...season.slice(at), ...season.slice(0, at)], squares };
}

/** The value so many steps after the last one, 1 being the next. */
export const ahead = ({ level, trend, season }: Fit, steps: number): number =>
  level + steps * trend + season[(steps - 1) % season.length];

/** The fit whose forecasts of the known values were the best. */
export function bestFit(values: readonly number[], period: number): Fit {
  let best: Fit | undefined;
  for (const alpha of ALPHAS)
    for (const beta of BETAS)
      for (const gamma of GAMMAS) {
        const one = fit(values, period, { alpha, beta, gamma });
        if (!best || one.squares < best.squares) best = one;
      }
  return best!;
}
