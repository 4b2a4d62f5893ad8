import { Controller, HttpCode, Post, Req, Res, UseFilters } from '@nestjs/common';
import {
  ApiBody,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Permission } from '../../../../platform/http/permission.decorator.js';
import { StreamedBody } from '../../../../platform/http/streamed-body.decorator.js';
import { OtlpIntake } from './otlp-intake.js';
import { OtlpStatus, OtlpTraceAnswer, PROTOBUF, encodedAnswer } from './otlp-status.js';
import { OtlpFilter } from './otlp.filter.js';

const EXAMPLE = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'checkout' } }] },
      scopeSpans: [
        {
          scope: { name: 'http' },
          spans: [
            {
              traceId: '5b8efff798038103d269b633813fc60c',
              spanId: 'eee19b7ec3c1b174',
              name: 'GET /orders',
              kind: 2,
              startTimeUnixNano: '1764000000000000000',
              endTimeUnixNano: '1764000000012500000',
              attributes: [{ key: 'http.response.status_code', value: { intValue: '200' } }],
              status: {},
            },
          ],
        },
      ],
    },
  ],
};

const STATUSES = { 400: 'It is no request of OTLP.', 401: 'No valid credential.', 403: 'Not allowed.', 413: 'Larger than 64 MiB.', 415: 'Neither JSON nor protobuf.', 429: 'Too many requests.', 503: 'Come again later.' }; // prettier-ignore

/** OpenTelemetry's own protocol over HTTP: what any SDK or collector exports to. Errors are OTLP's, no problem documents. */
@ApiTags('traces')
@ApiExtraModels(OtlpStatus)
@UseFilters(OtlpFilter)
@Controller('v1')
export class OtlpTracesController {
  constructor(private readonly intake: OtlpIntake) {}

  @Post('traces')
  @HttpCode(200)
  @Permission('write:traces')
  @StreamedBody('application/json', PROTOBUF)
  @ApiOperation({
    operationId: 'exportTracesByOtlp',
    summary: 'Take spans from an OpenTelemetry exporter',
    description:
      'OTLP/HTTP in JSON or protobuf, also gzip; at most 64 MiB after decompression. Spans that cannot be taken are counted in `partialSuccess`, the others are stored when this is answered. A span may come twice, and before its parent.',
  })
  @ApiBody({ schema: { type: 'object', example: EXAMPLE }, description: 'ExportTraceServiceRequest' })
  @ApiOkResponse({ type: OtlpTraceAnswer, description: 'In the encoding of the request.' })
  @OtlpProblems()
  async take(@Req() request: Request, @Res() response: Response): Promise<void> {
    const answer = await this.intake.take(request);
    const binary = request.headers['content-type']?.toLowerCase().startsWith(PROTOBUF) === true;
    const body = binary ? encodedAnswer(answer) : Buffer.from(JSON.stringify(answer));
    response.setHeader('Content-Type', binary ? PROTOBUF : 'application/json');
    response.setHeader('Content-Length', body.length);
    response.end(body);
  }
}

function OtlpProblems(): MethodDecorator {
  return (target, key, descriptor) => {
    for (const [status, description] of Object.entries(STATUSES))
      ApiResponse({
        status: Number(status),
        description,
        content: {
          'application/json': {
            schema: { $ref: getSchemaPath(OtlpStatus) },
            example: { code: 3, message: 'body is not valid JSON: it ends too early' },
          },
        },
      })(target, key, descriptor);
  };
}
