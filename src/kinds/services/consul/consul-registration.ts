import { NAME_PATTERN } from '../../../entries/entry-key.js';
import { NAME_RULE } from '../../../entries/http/entry.dto.js';
import { plainAddress } from '../../../platform/audit/audit-record.js';
import { decodeUtf8 } from '../../../platform/http/body-reader.js';
import { InvalidError } from '../../../platform/errors/registry-error.js';
import { parseJson } from '../../../platform/http/json-body.guard.js';
import { validated } from '../../../platform/http/validation.pipe.js';
import { goDuration } from '../../consul/go-duration.js';
import { ServiceInstanceCreate } from '../instances/instance.dto.js';
import type { InstanceStatus } from '../instances/instance-row.js';
import { ConsulCheckDefinition, ConsulLocality, ConsulRegistration, ConsulWeights } from './consul-registration.dto.js';

/** What an instance's metadata keeps of its check, where that has a name of its own. */
export const CHECK_MEMBER = 'consul_check';
/** Consul keeps what is silent until somebody takes it away; this is as long as it goes here. */
const LONGEST_SECONDS = 30 * 86_400;
const PROBES = ['HTTP', 'TCP', 'UDP', 'GRPC', 'H2PING', 'Args', 'Script', 'AliasService', 'AliasNode', 'OSService'];

/** A registration in our words. */
export interface Registration {
  /** Of the service, in lower case. */
  service: string;
  /** Its status is undefined when nothing is said of it. */
  instance: ServiceInstanceCreate & { id: string };
  /** Whether it is checked, and so begins as critical. */
  checked: boolean;
}

/**
 * Reads the body of `/v1/agent/service/register`. `address` is that of who asks, for a service that names none.
 * @throws InvalidError
 */
export function registrationOf(bytes: unknown, address: string | undefined): Registration {
  const body = known(ConsulRegistration, objectOf(bytes));
  refuseUnsupported(body);
  const check = checkOf(body);
  const { Name: name, Tags: tags, Meta: meta, Port: port } = body;
  const service = name.toLowerCase();
  if (!NAME_PATTERN.test(service)) throw InvalidError.field('Name', NAME_RULE);
  const id = body.ID || name;
  for (const [key, value] of Object.entries(meta ?? {}))
    if (typeof value !== 'string') throw InvalidError.field(`Meta.${key}`, 'must be a text');
  if (!port) throw InvalidError.field('Port', 'is required here');
  const own = check && ownCheck(check, id);
  const instance = validated(ServiceInstanceCreate, {
    id,
    host: body.Address || plainAddress(address),
    port,
    zone: known(ConsulLocality, body.Locality ?? {}).Zone || undefined,
    weight: known(ConsulWeights, body.Weights ?? {}).Passing ?? undefined,
    tags: tags ?? [],
    metadata: { ...meta, ...(own && { [CHECK_MEMBER]: own }) },
    ttl_seconds: check ? seconds(check.TTL!, 'Check.TTL') : null,
    deregister_after_seconds: Math.min(afterOf(check), LONGEST_SECONDS),
    status: check?.Status || undefined,
  });
  return { service, instance: { ...instance, id }, checked: check !== undefined };
}

/** Reads the body of `/v1/agent/check/update`. */
export function reportOf(bytes: unknown): InstanceStatus {
  const { status } = lowered(objectOf(bytes));
  if (status === 'passing' || status === 'warning' || status === 'critical') return status;
  throw InvalidError.field('Status', 'must be passing, warning or critical');
}

function objectOf(bytes: unknown): Record<string, unknown> {
  const value = Buffer.isBuffer(bytes) ? parseJson(decodeUtf8(bytes)) : undefined;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw InvalidError.field('body', 'must be a JSON object');
}

/** Consul reads names of fields in any case, with or without underscores. */
const lowered = (body: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(body).map(([name, value]) => [name.replaceAll('_', '').toLowerCase(), value]));

/** The fields of a class that a body has, under the names of the class; what it does not know is passed over. */
function known<T extends object>(type: (new () => T) & { FIELDS: readonly string[] }, body: object): T {
  const given = lowered(body);
  const named = type.FIELDS.flatMap((field) => {
    const value = given[field.toLowerCase()];
    return value === undefined ? [] : [[field, value]];
  });
  return validated(type, Object.fromEntries(named) as object);
}

function refuseUnsupported({ Kind: kind, Proxy: proxy, Connect: connect }: ConsulRegistration): void {
  if (kind && kind !== 'typical')
    throw InvalidError.field('Kind', 'is not supported: services of the mesh are routes here');
  if (proxy) throw InvalidError.field('Proxy', 'is not supported');
  if (connect && lowered(connect).sidecarservice)
    throw InvalidError.field('Connect.SidecarService', 'is not supported');
}

/** The one check that says how it is doing. */
function checkOf({ Check: one, Checks: several }: ConsulRegistration): ConsulCheckDefinition | undefined {
  const checks = [...(one ? [one] : []), ...(several ?? [])];
  if (checks.length > 1) throw InvalidError.field('Checks', 'may be one here: report the worst of them');
  const [given] = checks;
  if (given === undefined) return undefined;
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw InvalidError.field('Check', 'must be an object');
  const fields = lowered(given);
  const probe = PROBES.find((name) => fields[name.toLowerCase()]);
  if (probe)
    throw InvalidError.field(`Check.${probe}`, 'is not supported: nobody probes from here; use TTL and report');
  const check = known(ConsulCheckDefinition, given);
  if (!check.TTL) throw InvalidError.field('Check.TTL', 'is required');
  return check;
}

/** What has to be remembered of a check: nothing, when it is named as Consul would. */
function ownCheck(
  { CheckID: id, Name: name, Notes: notes }: ConsulCheckDefinition,
  service: string,
): object | undefined {
  const own = { ...(id && id !== `service:${service}` && { id }), ...(name && { name }), ...(notes && { notes }) };
  return Object.keys(own).length > 0 ? own : undefined;
}

const afterOf = (check: ConsulCheckDefinition | undefined): number =>
  check?.DeregisterCriticalServiceAfter
    ? seconds(check.DeregisterCriticalServiceAfter, 'Check.DeregisterCriticalServiceAfter')
    : LONGEST_SECONDS;

function seconds(text: string, field: string): number {
  const ms = goDuration(text);
  if (ms === undefined) throw InvalidError.field(field, 'must be a duration such as 15s');
  return Math.max(1, Math.ceil(ms / 1000));
}
