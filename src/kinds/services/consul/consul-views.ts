import { DATACENTER } from '../../consul/consul-query.js';
import type { KnownInstance, KnownService } from '../discovery/service-snapshot.js';
import { CHECK_MEMBER } from './consul-registration.js';

/** An instance with its service. */
export interface Place {
  service: KnownService;
  instance: KnownInstance;
}

interface OwnCheck {
  id?: string;
  name?: string;
  notes?: string;
}

const MAINTENANCE = 'Service Maintenance Mode';

export const statusOf = ({ expired, status }: KnownInstance): string => (expired ? 'critical' : status);

const ownCheckOf = ({ metadata }: KnownInstance): OwnCheck => metadata[CHECK_MEMBER] ?? {};

export const checkIdOf = (instance: KnownInstance): string => {
  const { id } = ownCheckOf(instance);
  return typeof id === 'string' ? id : `service:${instance.name}`;
};

/** Consul knows texts only. */
const metaOf = ({ metadata }: KnownInstance): Record<string, string> =>
  Object.fromEntries(
    Object.entries(metadata)
      .filter(([name]) => name !== CHECK_MEMBER)
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );

const taggedAddresses = (host: string): object => ({ lan: host, wan: host });

/** Where an instance runs is all that is known of a node. */
const nodeOf = ({ service, instance: { host } }: Place): object => ({
  ID: '',
  Node: host,
  Address: host,
  Datacenter: DATACENTER,
  TaggedAddresses: taggedAddresses(host),
  Meta: {},
  CreateIndex: 1,
  ModifyIndex: service.index,
});

/** As `/v1/agent/services` has it. */
export function agentServiceOf({ service, instance }: Place): object {
  const { name: id, host, port, tags, weight } = instance;
  return {
    ID: id,
    Service: service.name,
    Tags: tags,
    Meta: metaOf(instance),
    Port: port,
    Address: host,
    TaggedAddresses: { lan_ipv4: { Address: host, Port: port } },
    Weights: { Passing: weight, Warning: 1 },
    EnableTagOverride: false,
    Datacenter: DATACENTER,
  };
}

/** The check that is reported to, and a second one while it is in maintenance. */
export function checksOf({ service, instance }: Place): CheckView[] {
  const { name: id, host, tags, drain, expired, ttl_seconds: ttl } = instance;
  const { name, notes } = ownCheckOf(instance);
  const common = {
    Node: host,
    ServiceID: id,
    ServiceName: service.name,
    ServiceTags: tags,
    Definition: {},
    CreateIndex: 1,
    ModifyIndex: service.index,
  };
  const reported = {
    ...common,
    CheckID: checkIdOf(instance),
    Name: name ?? `Service '${service.name}' check`,
    Status: statusOf(instance),
    Notes: notes ?? '',
    Output: expired ? `TTL of ${ttl}s expired` : '',
    Type: ttl === null ? '' : 'ttl',
  };
  if (!drain) return [reported];
  const CheckID = `_service_maintenance:${id}`;
  const Output = 'Maintenance mode is enabled for this service';
  return [
    reported,
    { ...common, CheckID, Name: MAINTENANCE, Status: 'critical', Notes: '', Output, Type: 'maintenance' },
  ];
}
export type CheckView = { CheckID: string; Status: string } & Record<string, unknown>;

/** As `/v1/health/service` has it. */
export function healthEntryOf(place: Place): object {
  const { ID, Service, Tags, Address, TaggedAddresses, Meta, Port, Weights } = agentServiceOf(place) as Record<string, unknown>; // prettier-ignore
  return {
    Node: nodeOf(place),
    Service: {
      ID,
      Service,
      Tags,
      Address,
      TaggedAddresses,
      Meta,
      Port,
      Weights,
      EnableTagOverride: false,
      Proxy: { Mode: '', MeshGateway: {}, Expose: {} },
      Connect: {},
      CreateIndex: 1,
      ModifyIndex: place.service.index,
    },
    Checks: checksOf(place),
  };
}

/** As `/v1/catalog/service` has it. */
export function catalogServiceOf(place: Place): object {
  const { service, instance } = place;
  const { name: id, host, port, tags, weight } = instance;
  return {
    ID: '',
    Node: host,
    Address: host,
    Datacenter: DATACENTER,
    TaggedAddresses: taggedAddresses(host),
    NodeMeta: {},
    ServiceKind: '',
    ServiceID: id,
    ServiceName: service.name,
    ServiceTags: tags,
    ServiceAddress: host,
    ServiceTaggedAddresses: { lan_ipv4: { Address: host, Port: port } },
    ServiceWeights: { Passing: weight, Warning: 1 },
    ServiceMeta: metaOf(instance),
    ServicePort: port,
    ServiceEnableTagOverride: false,
    ServiceProxy: { Mode: '', MeshGateway: {}, Expose: {} },
    ServiceConnect: {},
    CreateIndex: 1,
    ModifyIndex: service.index,
  };
}
