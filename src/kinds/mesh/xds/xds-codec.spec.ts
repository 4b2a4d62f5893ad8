import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Root } from 'protobufjs';
import { XDS_MESSAGES } from './xds-messages.js';

interface ProtoLoader {
  loadProtosWithOptionsSync(files: string[], options: object): Root;
}

/** Envoy's own protos, as the client that the tests speak with brings them. */
function envoyProtos(): Root {
  const client = createRequire(__filename).resolve('@grpc/grpc-js-xds/package.json');
  const within = createRequire(client);
  within('@grpc/proto-loader');
  const { loadProtosWithOptionsSync } = within('@grpc/proto-loader/build/src/util') as ProtoLoader;
  const includeDirs = ['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate'].map((name) => join(dirname(client), 'deps', name)); // prettier-ignore
  const files = [
    'envoy/service/discovery/v3/ads.proto',
    'envoy/config/listener/v3/listener.proto',
    'envoy/config/cluster/v3/cluster.proto',
    'envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto',
    'envoy/extensions/filters/http/router/v3/router.proto',
    'envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.proto',
    'envoy/extensions/transport_sockets/tls/v3/tls.proto',
    'envoy/extensions/upstreams/http/v3/http_protocol_options.proto',
  ];
  const root = loadProtosWithOptionsSync(files, { keepCase: true, includeDirs });
  root.resolveAll();
  return root;
}

describe('our list of messages', () => {
  const root = envoyProtos();
  const lines = XDS_MESSAGES.trim().split('\n');

  it.each(lines.filter((line) => line.startsWith('enum ')))('has the values of Envoy: %s', (line) => {
    const [, name, ...values] = line.split(' ');
    const known = root.lookupEnum(name).values;
    for (const [value, number] of values.map((one) => one.split('='))) expect([value, known[value]]).toEqual([value, Number(number)]); // prettier-ignore
  });

  // What Value is made of its loader writes otherwise.
  const messages = lines.filter((line) => !line.startsWith('enum ') && !line.startsWith('google.protobuf.Value '));
  it.each(messages)('has the numbers and types of Envoy: %s', (line) => {
    const [name, ...fields] = line.split(' ');
    const known = root.lookupType(name).fields;
    for (const field of fields) {
      const [, title, number, map, type, repeated] = /^(\w+)=(\d+):(map:)?([\w.]+)(\[\])?$/.exec(field)!;
      const theirs = known[title];
      const theirType = theirs.resolvedType ? theirs.resolvedType.fullName.slice(1) : theirs.type;
      expect({ title, number: theirs.id, type: theirType, list: theirs.repeated, map: theirs.map }).toEqual({
        title,
        number: Number(number),
        type,
        list: repeated !== undefined,
        map: map !== undefined,
      });
    }
  });
});
