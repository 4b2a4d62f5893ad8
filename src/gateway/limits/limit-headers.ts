import type { Response } from 'express';
import { secondsOf } from './limit-errors.js';
import type { Remainder } from './quota.js';
import type { LimitWindow } from './sliding-window.js';

/** `"hour";q=1000;w=3600, "burst";q=50;w=1` */
export const policyHeader = (windows: readonly LimitWindow[]): string =>
  windows.map(({ name, limit, seconds }) => `"${name}";q=${limit};w=${seconds}`).join(', ');

const secondsUntil = ({ window, waitMs }: Remainder): number => Math.min(window.seconds, secondsOf(waitMs));

/** Says what is left, by the IETF's draft and by the names that were usual before. */
export function sendLimits(response: Response, policies: string, remainders: readonly Remainder[]): void {
  response.setHeader('RateLimit-Policy', policies);
  if (remainders.length === 0) return;
  let text = '';
  let [tightest] = remainders;
  for (const remainder of remainders) {
    text += `${text && ', '}"${remainder.window.name}";r=${remainder.units};t=${secondsUntil(remainder)}`;
    if (remainder.units < tightest.units) tightest = remainder;
  }
  response.setHeader('RateLimit', text);
  response.setHeader('X-RateLimit-Limit', tightest.window.limit);
  response.setHeader('X-RateLimit-Remaining', tightest.units);
  response.setHeader('X-RateLimit-Reset', secondsUntil(tightest));
}
