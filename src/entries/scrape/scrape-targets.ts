import { Injectable } from '@nestjs/common';

/** Types that Prometheus can be told of; a kind binds its own by {@link ScrapeTargets.add}. */
export const SCRAPED_TYPES = ['service', 'grid_node'] as const;
export type ScrapedType = (typeof SCRAPED_TYPES)[number];

export interface ScrapeTarget {
  host: string;
  port: number;
  /** By names without `__meta_ureg_`; whatever their characters and values, they are made fit. */
  labels: Readonly<Record<string, unknown>>;
}

/** Everything of a type that the caller may see, from memory. */
export type ScrapeSource = () => Iterable<ScrapeTarget>;

/** What kinds have for Prometheus to find: each binds a source at its start, and knows nothing of Prometheus. */
@Injectable()
export class ScrapeTargets {
  private readonly sources = new Map<ScrapedType, ScrapeSource>();

  add(type: ScrapedType, source: ScrapeSource): void {
    this.sources.set(type, source);
  }

  /** None of a type that no kind has bound. */
  of(type: ScrapedType): Iterable<ScrapeTarget> {
    return this.sources.get(type)?.() ?? [];
  }
}
