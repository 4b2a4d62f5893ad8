import { Catch, Injectable } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AuditTrail } from '../../../../platform/audit/audit-trail.js';
import { knownError } from '../../../../platform/errors/known-error.js';
import { Logger } from '../../../../platform/logging/logger.js';
import { PROTOBUF, encodedStatus, statusOf } from './otlp-status.js';

/** Errors in OTLP's own words, on its routes only: a google.rpc.Status in the encoding of the request. */
@Injectable()
@Catch()
export class OtlpFilter implements ExceptionFilter {
  private readonly logger: Logger;

  constructor(
    private readonly audit: AuditTrail,
    logger: Logger,
  ) {
    this.logger = logger.child('traces');
  }

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const error = knownError(thrown);
    this.audit.refused(error);
    if (error.status >= 500)
      this.logger[error.logLevel]({ code: error.code, err: error.cause ?? error }, error.message);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    for (const [name, value] of Object.entries(error.headers ?? {})) response.setHeader(name, value);
    const status = statusOf(error.status, error.message);
    const binary = request.headers['content-type']?.toLowerCase().startsWith(PROTOBUF) === true;
    const body = binary ? encodedStatus(status) : Buffer.from(JSON.stringify(status));
    response.statusCode = error.status;
    response.setHeader('Content-Type', binary ? PROTOBUF : 'application/json; charset=utf-8');
    response.setHeader('Content-Length', body.length);
    response.end(body);
  }
}
