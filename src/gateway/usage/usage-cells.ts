import { SLOTS, slotOf } from './latency-histogram.js';

const HOUR_MS = 3_600_000;
/** Stands for requests without a key, and for those whose credential was refused. */
export const NO_KEY = '';
/** Stands for the sum over all keys, or all routes. */
export const ALL = '*';
/** Stands for all paths that no route has. */
export const UNMATCHED = 'unmatched';

/** What is counted of the requests of one key on one route within one hour. */
export class UsageCell {
  requests = 0;
  clientErrors = 0;
  serverErrors = 0;
  unauthenticated = 0;
  forbidden = 0;
  rateLimited = 0;
  bytesOut = 0;
  /** Milliseconds since 1970. */
  lastAt = 0;
  readonly latency = new Uint32Array(SLOTS);
}

export interface PlacedCell {
  key: string;
  route: string;
  /** When the hour begins, in milliseconds since 1970. */
  hour: number;
  cell: UsageCell;
}

export interface CountedRequest {
  key: string;
  method: string;
  /** The template; undefined when none matched. */
  route: string | undefined;
  status: number;
  milliseconds: number;
  bytesOut: number;
}

/** By method. */
type RouteCells = Map<string, UsageCell>;
type KeyCells = Map<string, RouteCells>;

/** Counts in memory what was not written yet: a few look-ups a request, and never more than `most` cells. */
export class UsageCells {
  /** Cells at present. */
  size = 0;
  private readonly hours = new Map<number, Map<string, KeyCells>>();
  private hour = Number.NaN;
  private keys = new Map<string, KeyCells>();

  constructor(private readonly most: number) {}

  /** False when it could not be counted: there is no room for one more cell. A request belongs to the hour it ends in. */
  record(request: CountedRequest, now: number): boolean {
    if (!(now >= this.hour && now < this.hour + HOUR_MS)) this.turnTo(now - (now % HOUR_MS));
    const cell = this.cellOf(request);
    if (!cell) return false;
    const { status } = request;
    cell.requests++;
    if (status >= 400) countError(cell, status);
    cell.bytesOut += request.bytesOut;
    if (now > cell.lastAt) cell.lastAt = now;
    cell.latency[slotOf(request.milliseconds)]++;
    return true;
  }

  /** Takes out at most so many cells, the oldest hours first. */
  take(most: number): PlacedCell[] {
    const taken: PlacedCell[] = [];
    for (const [hour, keys] of [...this.hours].sort(([a], [b]) => a - b)) {
      takeFrom(keys, hour, most, taken);
      if (keys.size > 0) break;
      this.hours.delete(hour);
      if (hour === this.hour) this.hour = Number.NaN;
    }
    this.size -= taken.length;
    return taken;
  }

  private turnTo(hour: number): void {
    this.hour = hour;
    this.keys = this.hours.get(hour) ?? new Map<string, KeyCells>();
    this.hours.set(hour, this.keys);
  }

  private cellOf({ key, method, route = UNMATCHED }: CountedRequest): UsageCell | undefined {
    // A path that is none of ours has no methods of its own either: anybody could invent more.
    const verb = route === UNMATCHED ? '' : method;
    const found = this.keys.get(key)?.get(route)?.get(verb);
    if (found || this.size >= this.most) return found;
    const ofKey = this.keys.get(key) ?? (new Map() as KeyCells);
    const ofRoute = ofKey.get(route) ?? (new Map() as RouteCells);
    const cell = new UsageCell();
    this.keys.set(key, ofKey.set(route, ofRoute.set(verb, cell)));
    this.size++;
    return cell;
  }
}

function countError(cell: UsageCell, status: number): void {
  if (status >= 500) {
    cell.serverErrors++;
    return;
  }
  cell.clientErrors++;
  if (status === 401) cell.unauthenticated++;
  else if (status === 403) cell.forbidden++;
  else if (status === 429) cell.rateLimited++;
}

function takeFrom(keys: Map<string, KeyCells>, hour: number, most: number, taken: PlacedCell[]): void {
  for (const [key, routes] of keys) {
    for (const [route, methods] of routes) {
      for (const [method, cell] of methods) {
        if (taken.length >= most) return;
        taken.push({ key, route: method === '' ? route : `${method} ${route}`, hour, cell });
        methods.delete(method);
      }
      routes.delete(route);
    }
    keys.delete(key);
  }
}
