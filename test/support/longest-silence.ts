import type { ApiClient } from './api-client.js';

/** How long the service answered nobody else while it worked on something, in milliseconds. */
export async function longestSilenceOf(api: ApiClient, work: Promise<unknown>): Promise<number> {
  let longest = 0;
  const over = work.then(() => true);
  const aMoment = async (): Promise<boolean> => {
    const started = performance.now();
    await api.get('/health/live');
    longest = Math.max(longest, performance.now() - started);
    return false;
  };
  while (!(await Promise.race([over, aMoment()])));
  return longest;
}
