/** A process with an OpenTelemetry SDK: makes a span and a child that failed, and exports the child first. Tells their ids. */
import { SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';

const [url, key, encoding] = process.argv.slice(2);
const Exporter = encoding === 'protobuf' ? ProtobufExporter : JsonExporter;
const compression = encoding.endsWith('-gzip') ? 'gzip' : 'none';
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum is of a package that is none of ours
const exporter = new Exporter({ url, compression, headers: { authorization: `Bearer ${key}` } });
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'frontend' }),
  spanProcessors: [new SimpleSpanProcessor(exporter)],
});
const tracer = provider.getTracer('shop', '1.0');
const root = tracer.startSpan('GET /orders', {
  kind: SpanKind.SERVER,
  attributes: { 'http.route': '/orders', size: 3, deep: ['a', 'b'] },
});
const child = tracer.startSpan(
  'SELECT orders',
  { kind: SpanKind.CLIENT, attributes: { 'db.system': 'postgresql', ratio: 0.5, cached: false } },
  trace.setSpan(context.active(), root),
);
child.addEvent('retry', { attempt: 2 });
child.recordException(new Error('no such table'));
child.setStatus({ code: SpanStatusCode.ERROR, message: 'no such table' });
child.end();
await provider.forceFlush();
root.end();
await provider.forceFlush();
await provider.shutdown();
const { traceId, spanId } = root.spanContext();
process.stdout.write(JSON.stringify({ traceId, root: spanId, child: child.spanContext().spanId }));
