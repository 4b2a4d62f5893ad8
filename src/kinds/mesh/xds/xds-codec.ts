import protobuf from 'protobufjs';
import type { Enum, Field, Root, Type } from 'protobufjs';
import { XDS_MESSAGES } from './xds-messages.js';

type Json = Record<string, unknown>;

const TYPE_URL = 'type.googleapis.com/';
const WRAPPERS = new Set(['google.protobuf.UInt32Value', 'google.protobuf.BoolValue']);

/** What a client asks over a stream. */
export interface DiscoveryRequest {
  version_info: string;
  node: { id: string; cluster: string; user_agent_name: string; user_agent_version: string; metadata: Json; locality?: { region: string; zone: string } } | undefined; // prettier-ignore
  resource_names: string[];
  type_url: string;
  response_nonce: string;
  error_detail: { code: number; message: string } | undefined;
}

/** A resource as canonical proto3 JSON: `@type` in Any, durations as `1.5s`, wrappers bare, enums by name. */
export type Resource = Json & { '@type': string };

export interface DiscoveryAnswer {
  version_info: string;
  type_url: string;
  nonce: string;
  resources: readonly Buffer[];
}

/** Between Envoy's messages as JSON and as protobuf, by our own list of them. */
export class XdsCodec {
  private readonly root: Root = rootOf(XDS_MESSAGES);
  private readonly request = this.root.lookupType('envoy.service.discovery.v3.DiscoveryRequest');
  /** The same resource goes to many proxies. */
  private readonly encoded = new WeakMap<Resource, Buffer>();
  private readonly any = this.root.lookupType('google.protobuf.Any');

  /** An Any, encoded. @throws for what the list does not know: nothing is left out in silence */
  encode(resource: Resource): Buffer {
    let bytes = this.encoded.get(resource);
    if (!bytes) this.encoded.set(resource, (bytes = Buffer.from(this.any.encode(this.anyOf(resource)).finish())));
    return bytes;
  }

  encodeAnswer({ version_info, type_url, nonce, resources }: DiscoveryAnswer): Buffer {
    const writer = protobuf.Writer.create().uint32(10).string(version_info);
    for (const resource of resources) writer.uint32(18).bytes(resource);
    return Buffer.from(writer.uint32(34).string(type_url).uint32(42).string(nonce).finish());
  }

  /** @throws for bytes that are no request */
  decodeRequest(bytes: Buffer): DiscoveryRequest {
    const { node, ...rest } = this.request.toObject(this.request.decode(bytes), {
      longs: Number,
      arrays: true,
      defaults: true,
    }) as DiscoveryRequest & { node?: NonNullable<DiscoveryRequest['node']> };
    return {
      ...rest,
      node: node ? { ...node, metadata: plainStruct(node.metadata) } : undefined,
      error_detail: rest.error_detail ?? undefined,
    };
  }

  private anyOf({ '@type': url, ...fields }: Resource): Json {
    const type = this.root.lookupType(url.slice(TYPE_URL.length));
    return { type_url: url, value: type.encode(this.messageOf(type, fields)).finish() };
  }

  private messageOf(type: Type, json: Json): Json {
    const message: Json = {};
    for (const [name, value] of Object.entries(json)) {
      if (value === undefined) continue;
      const field = type.fields[name] as Field | undefined;
      if (!field) throw new Error(`${type.fullName} has no field ${name} here.`);
      field.resolve();
      if (field.map)
        message[name] = Object.fromEntries(Object.entries(value as Json).map(([key, one]) => [key, this.valueOf(field, one)])); // prettier-ignore
      else if (field.repeated) message[name] = (value as unknown[]).map((one) => this.valueOf(field, one));
      else message[name] = this.valueOf(field, value);
    }
    return message;
  }

  private valueOf({ resolvedType }: Field, value: unknown): unknown {
    if (!resolvedType) return value;
    if (!(resolvedType instanceof protobuf.Type)) return enumValue(resolvedType, value as string);
    const name = resolvedType.fullName.slice(1);
    if (name === 'google.protobuf.Any') return this.anyOf(value as Resource);
    if (name === 'google.protobuf.Duration') return durationOf(value as string);
    return WRAPPERS.has(name) ? { value } : this.messageOf(resolvedType, value as Json);
  }
}

function enumValue(type: Enum, name: string): number {
  if (!(name in type.values)) throw new Error(`${type.fullName} has no value ${name} here.`);
  return type.values[name];
}

/** `1.5s`. */
function durationOf(text: string): Json {
  const nanos = Math.round(Number(text.slice(0, -1)) * 1e9);
  return { seconds: Math.floor(nanos / 1e9), nanos: nanos % 1e9 };
}

const MOST_DEPTH = 8;

/** A google.protobuf.Struct as the object it stands for. */
function plainStruct(struct: unknown, depth = 0): Json {
  const fields = Object.entries((struct as { fields?: Json } | undefined)?.fields ?? {});
  return Object.fromEntries(fields.map(([key, value]) => [key, plainValue(value as Json, depth + 1)]));
}

function plainValue(value: Json, depth: number): unknown {
  if (depth > MOST_DEPTH) return null;
  if (value.struct_value) return plainStruct(value.struct_value, depth);
  if (typeof value.string_value === 'string' && value.string_value !== '') return value.string_value;
  return value.number_value || value.bool_value || null;
}

function rootOf(text: string): Root {
  const root = new protobuf.Root();
  for (const line of text.trim().split('\n')) {
    const [first, ...words] = line.split(' ');
    if (first === 'enum') add(root, words[0], (name) => enumOf(name, words.slice(1)));
    else add(root, first, (name) => messageType(name, words));
  }
  root.resolveAll();
  return root;
}

/** Messages stand before those within them. */
function add(root: Root, fullName: string, made: (name: string) => Type | Enum): void {
  const path = fullName.split('.');
  const name = path.pop()!;
  const parent = (root.lookup(path.join('.')) as Type | null) ?? root.define(path);
  parent.add(made(name));
}

function messageType(name: string, fields: readonly string[]): Type {
  const type = new protobuf.Type(name);
  for (const field of fields) {
    const [, title, number, map, of, repeated] = /^(\w+)=(\d+):(map:)?([\w.]+)(\[\])?$/.exec(field)!;
    if (map) type.add(new protobuf.MapField(title, Number(number), 'string', of));
    else type.add(new protobuf.Field(title, Number(number), of, repeated ? 'repeated' : undefined));
  }
  return type;
}

const enumOf = (name: string, values: readonly string[]): Enum =>
  new protobuf.Enum(name, Object.fromEntries(values.map((one) => one.split('=')).map(([key, number]) => [key, Number(number)]))); // prettier-ignore
