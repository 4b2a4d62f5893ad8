import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Env } from '../../../../platform/env/env.js';
import { UnavailableError } from '../../../../platform/errors/registry-error.js';
import { bodyChunks, mediaTypeOf } from '../../../../platform/http/body-reader.js';
import type { Span } from '../span.js';
import { SpanWriter } from '../span-writer.js';
import { jsonSpans } from './otlp-json.js';
import { protobufSpans } from './otlp-protobuf.js';
import { RefusedSpan, spanOf } from './otlp-span.js';
import type { Origin, OtlpSpan } from './otlp-span.js';
import { PROTOBUF } from './otlp-status.js';
import type { OtlpTraceAnswer } from './otlp-status.js';

/** OTLP's own limit, after decompression. */
export const MOST_BYTES = 64 * 1024 ** 2;
/** Of all requests together: who comes on top is asked to come again. */
const MOST_BYTES_AT_ONCE = 3 * MOST_BYTES;
const BATCH = 500;

type Decoded = Iterable<{ span: OtlpSpan | RefusedSpan; origin: Origin }>;

/** Takes what exporters of OpenTelemetry send: decoded span by span, stored batch by batch. */
@Injectable()
export class OtlpIntake {
  private held = 0;

  constructor(
    private readonly writer: SpanWriter,
    private readonly env: Env,
  ) {}

  /**
   * @throws TooLargeError beyond {@link MOST_BYTES}; UnavailableError while too much is under way
   */
  async take(request: IncomingMessage): Promise<OtlpTraceAnswer> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of bodyChunks(request, MOST_BYTES)) {
        size += chunk.length;
        this.held += chunk.length;
        if (this.held > MOST_BYTES_AT_ONCE)
          throw new UnavailableError('traces.too_many', 'Too many spans are being taken.', undefined, 5);
        chunks.push(chunk);
      }
      const body = Buffer.concat(chunks);
      chunks.length = 0;
      return await this.store(mediaTypeOf(request) === PROTOBUF ? protobufSpans(body) : jsonSpans(body));
    } finally {
      this.held -= size;
    }
  }

  private async store(decoded: Decoded): Promise<OtlpTraceAnswer> {
    let refused = 0;
    let reason = '';
    let batch: Span[] = [];
    for (const { span, origin } of decoded) {
      try {
        if (span instanceof RefusedSpan) throw span;
        batch.push(spanOf(span, origin, this.env.traceRetentionDays));
      } catch (error) {
        if (!(error instanceof RefusedSpan)) throw error;
        refused++;
        reason ||= error.message;
      }
      if (batch.length < BATCH) continue;
      await this.writer.write(batch);
      batch = [];
    }
    await this.writer.write(batch);
    return refused === 0 ? {} : { partialSuccess: { rejectedSpans: String(refused), errorMessage: reason } };
  }
}
