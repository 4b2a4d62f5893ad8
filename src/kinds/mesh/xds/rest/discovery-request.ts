import { ApiProperty } from '@nestjs/swagger';
import { InvalidError } from '../../../../platform/errors/registry-error.js';
import { Shown } from '../../../../platform/http/fields.js';

/** As Envoy writes it. What else it says is passed over. */
export class XdsDiscoveryRequest {
  @Shown('5f1c0e9ab04d3f77', { description: 'Of the answer it has.' }) version_info?: string;
  @ApiProperty({ type: Object, additionalProperties: true, example: { id: 'sidecar-1', cluster: 'orders' } })
  node?: Record<string, unknown>;
  @Shown(['orders-stable'], { type: [String], description: 'All when empty.' }) resource_names?: string[];
  @Shown('type.googleapis.com/envoy.config.cluster.v3.Cluster') type_url?: string;
}

/** A request of Envoy's REST-JSON. */
export interface DiscoveryAsked {
  version: string;
  names: ReadonlySet<string> | undefined;
  node: { id: string; cluster: string; userAgent: string; zone: string | null };
}

const MOST_TEXT = 1024;
const MOST_NAMES = 10_000;
type Json = Record<string, unknown>;

/** Fields by either of protobuf's names: `version_info` as `versionInfo`. */
const either = (body: Json, name: string): unknown => body[name] ?? body[name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())]; // prettier-ignore

/** @throws InvalidError naming the field */
export function readDiscovery(body: unknown): DiscoveryAsked {
  if (!isObject(body)) throw InvalidError.field('body', 'must be a JSON object');
  const node = either(body, 'node') ?? {};
  if (!isObject(node)) throw InvalidError.field('node', 'must be an object');
  const locality = node.locality ?? {};
  if (!isObject(locality)) throw InvalidError.field('node.locality', 'must be an object');
  const names = either(body, 'resource_names') ?? [];
  if (!Array.isArray(names) || names.length > MOST_NAMES) throw InvalidError.field('resource_names', `must be a list of at most ${MOST_NAMES} names`); // prettier-ignore
  for (const name of names) textOf(name, 'resource_names');
  textOf(either(body, 'type_url'), 'type_url');
  const zone = textOf(locality.zone, 'node.locality.zone');
  return {
    version: textOf(either(body, 'version_info'), 'version_info'),
    names: names.length > 0 ? new Set(names as string[]) : undefined,
    node: {
      id: textOf(node.id, 'node.id'),
      cluster: textOf(node.cluster, 'node.cluster'),
      userAgent: textOf(either(node, 'user_agent_name'), 'node.user_agent_name'),
      zone: zone === '' ? null : zone,
    },
  };
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value); // prettier-ignore

function textOf(value: unknown, field: string): string {
  if (value == null) return '';
  if (typeof value !== 'string' || value.length > MOST_TEXT) throw InvalidError.field(field, `must be a text of at most ${MOST_TEXT} characters`); // prettier-ignore
  return value;
}
