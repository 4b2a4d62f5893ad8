import type { Resource } from '../xds-codec.js';

/** How long a cluster stays that no route names any more. */
const GRACE_MS = 5000;

/**
 * Make before break: clusters are told before routes, so one that goes stays until the proxy has surely heard of the routes
 * that do without it.
 */
export class LeavingClusters {
  private readonly known = new Map<string, { resource: Resource; goneAt: number | undefined }>();
  private timer: NodeJS.Timeout | undefined;

  /** `over` is called when one may go. */
  constructor(private readonly over: () => void) {}

  /** These, and those that were here lately. */
  with(clusters: readonly Resource[], now = performance.now()): readonly Resource[] {
    const present = new Set(clusters.map(({ name }) => name as string));
    for (const resource of clusters) this.known.set(resource.name as string, { resource, goneAt: undefined });
    const leaving: Resource[] = [];
    for (const [name, one] of this.known) {
      if (present.has(name)) continue;
      one.goneAt ??= now;
      if (now - one.goneAt >= GRACE_MS) this.known.delete(name);
      else leaving.push(one.resource);
    }
    if (leaving.length === 0) return clusters;
    this.timer ??= setTimeout(() => this.end(), GRACE_MS + 1).unref();
    return [...clusters, ...leaving];
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private end(): void {
    this.timer = undefined;
    this.over();
  }
}
