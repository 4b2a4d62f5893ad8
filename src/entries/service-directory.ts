import { Injectable } from '@nestjs/common';
import { currentViewer } from './visibility.js';
import type { Viewer } from './visibility.js';

/** An instance that takes requests. */
export interface ServiceEndpoint {
  /** Public id of the instance. */
  id: string;
  host: string;
  port: number;
  zone: string | null;
  weight: number;
  tags: readonly string[];
  metadata: Readonly<Record<string, unknown>>;
}

/** A service as it can be reached now. Another object as soon as anything about it changes, so that what is made of it can be kept by it. */
export interface ReachableService {
  /** Inside id, public id and key. */
  id: string;
  uid: string;
  key: string;
  name: string;
  version: string;
  /** False while it is disabled or stopped: it has no endpoints then. */
  open: boolean;
  labels: Readonly<Record<string, unknown>>;
  tags: readonly string[];
  /** Who may see it; null for everyone. */
  readers: readonly string[] | null;
  /** Healthy ones only. */
  endpoints: readonly ServiceEndpoint[];
}

/** Where services and their healthy instances are known, in memory. The kind of services gives one. */
export interface ServiceSource {
  /** By public id or key; of a key without a version the newest that has or had instances. Whoever asks. */
  find(idOrKey: string): ReachableService | undefined;
  all(): Iterable<ReachableService>;
  /** Calls back after every change of anything; the answer stops it. */
  onChange(listener: () => void): () => void;
}

const NOTHING: ServiceSource = { find: () => undefined, all: () => [], onChange: () => () => undefined };

/**
 * How other kinds reach services: from memory, without a promise. What is restricted is there for its readers only, but in
 * the `…Known` questions, which are for what the service does by itself.
 */
@Injectable()
export class ServiceDirectory {
  private source = NOTHING;

  /** Said once, by the kind of services, before the application has started. */
  use(source: ServiceSource): void {
    this.source = source;
  }

  find(idOrKey: string): ReachableService | undefined {
    const found = this.source.find(idOrKey);
    return found && (found.readers === null || isFor(found, currentViewer())) ? found : undefined;
  }

  *all(): Generator<ReachableService> {
    const viewer = currentViewer();
    for (const service of this.source.all()) if (isFor(service, viewer)) yield service;
  }

  findKnown(idOrKey: string): ReachableService | undefined {
    return this.source.find(idOrKey);
  }

  allKnown(): Iterable<ReachableService> {
    return this.source.all();
  }

  onChange(listener: () => void): () => void {
    return this.source.onChange(listener);
  }
}

const isFor = ({ readers }: ReachableService, viewer: Viewer): boolean =>
  readers === null || viewer === undefined || readers.some((reader) => viewer.includes(reader));
