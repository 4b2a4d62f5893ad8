import { ApiProperty } from '@nestjs/swagger';
import protobuf from 'protobufjs/minimal.js';
import { Shown } from '../../../../platform/http/fields.js';

export const PROTOBUF = 'application/x-protobuf';

/** What an exporter is told of spans that were not taken. */
export class OtlpPartialSuccess {
  @Shown('2', { description: 'How many.' }) rejectedSpans: string;
  @Shown('traceId must be 32 hex digits that are not all 0') errorMessage: string;
}

/** ExportTraceServiceResponse. */
export class OtlpTraceAnswer {
  @ApiProperty({ type: OtlpPartialSuccess, required: false, description: 'Left out when all spans were taken.' })
  partialSuccess?: OtlpPartialSuccess;
}

/** google.rpc.Status: how OTLP tells what is wrong. */
export class OtlpStatus {
  @Shown(3, { type: 'integer', description: 'Of gRPC: 3 is an invalid argument.' }) code: number;
  @Shown('body is not valid JSON: it ends too early') message: string;
}

/** gRPC's codes for our statuses. */
const CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  409: 10,
  413: 8,
  415: 3,
  422: 9,
  429: 8,
  503: 14,
};
const INTERNAL = 13;

export const statusOf = (status: number, message: string): OtlpStatus => ({ code: CODES[status] ?? INTERNAL, message });

export function encodedStatus({ code, message }: OtlpStatus): Buffer {
  return Buffer.from(protobuf.Writer.create().uint32(8).int32(code).uint32(18).string(message).finish());
}

export function encodedAnswer({ partialSuccess }: OtlpTraceAnswer): Buffer {
  const writer = protobuf.Writer.create();
  if (partialSuccess) {
    writer.uint32(10).fork();
    writer
      .uint32(8)
      .int64(Number(partialSuccess.rejectedSpans))
      .uint32(18)
      .string(partialSuccess.errorMessage)
      .ldelim();
  }
  return Buffer.from(writer.finish());
}
