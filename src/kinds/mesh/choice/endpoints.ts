import { Injectable } from '@nestjs/common';
import { ServiceDirectory } from '../../../entries/service-directory.js';
import type { ReachableService, ServiceEndpoint } from '../../../entries/service-directory.js';
import { bareHost } from '../definition/destination-name.js';
import type { CompiledDestination } from '../table/compiled-route.js';

/** One address that requests of a destination may go to. */
export interface Endpoint {
  /** `http://10.0.0.1:8080`: the same for all destinations that share it. */
  key: string;
  scheme: 'http' | 'https';
  /** Without the brackets of an IPv6 address. */
  host: string;
  port: number;
  weight: number;
  /** Public id of the instance, and key and public id of its service; null for a plain address. */
  instance: string | null;
  service: string | null;
  serviceUid: string | null;
  zone: string | null;
}

const NOBODY: readonly Endpoint[] = [];

/** Finds the addresses behind destinations, in memory. A service the caller may not see has none. */
@Injectable()
export class Endpoints {
  private readonly fixed = new WeakMap<CompiledDestination, readonly Endpoint[]>();
  private readonly ofService = new WeakMap<ReachableService, Map<CompiledDestination, readonly Endpoint[]>>();

  constructor(private readonly directory: ServiceDirectory) {}

  of(destination: CompiledDestination): readonly Endpoint[] {
    if (destination.address) return this.address(destination, destination.address);
    const service = this.directory.find(destination.given.service!);
    if (!service) return NOBODY;
    let known = this.ofService.get(service);
    if (!known) this.ofService.set(service, (known = new Map()));
    let endpoints = known.get(destination);
    if (!endpoints) known.set(destination, (endpoints = reachable(destination, service)));
    return endpoints;
  }

  private address(
    destination: CompiledDestination,
    { host, port }: { host: string; port: number },
  ): readonly Endpoint[] {
    let endpoints = this.fixed.get(destination);
    if (!endpoints) {
      const { scheme } = destination;
      const nothing = { instance: null, service: null, serviceUid: null, zone: null };
      endpoints = [{ key: keyOf(scheme, host, port), scheme, host, port, weight: 1, ...nothing }];
      this.fixed.set(destination, endpoints);
    }
    return endpoints;
  }
}

const keyOf = (scheme: string, host: string, port: number): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;

function reachable({ scheme, given }: CompiledDestination, service: ReachableService): Endpoint[] {
  const { subset } = given;
  const chosen = subset == null ? service.endpoints : service.endpoints.filter((one) => isIn(one, subset));
  return chosen.map(({ id, host: written, port: own, weight, zone }) => {
    const host = bareHost(written);
    const port = given.port ?? own;
    const place = { key: keyOf(scheme, host, port), scheme, host, port, weight, zone };
    return { ...place, instance: id, service: service.key, serviceUid: service.uid };
  });
}

const isIn = ({ tags, metadata }: ServiceEndpoint, subset: string): boolean =>
  tags.includes(subset) || metadata.version === subset || metadata.subset === subset;
