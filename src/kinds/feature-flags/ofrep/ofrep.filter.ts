import { Catch, Injectable } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { knownError } from '../../../platform/errors/known-error.js';
import type { RegistryError } from '../../../platform/errors/registry-error.js';
import { ProblemFilter } from '../../../platform/http/problem.filter.js';
import type { OfrepErrorCode, OfrepProblem } from './ofrep.dto.js';

/** OFREP has no bodies for these: they stay what they are everywhere. */
const ANYWHERE = new Set([401, 403, 429, 503]);

/**
 * Errors in OFREP's own words, on its routes only: its clients read `key` and `errorCode`, and know no status for a body that
 * is too large or no JSON but 400.
 */
@Injectable()
@Catch()
export class OfrepFilter implements ExceptionFilter {
  constructor(private readonly problems: ProblemFilter) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    const request = http.getRequest<Request>();
    const error = knownError(thrown);
    if (ANYWHERE.has(error.status) || response.headersSent) return this.problems.answer(thrown, request, response);
    const status = error.status >= 500 ? error.status : 400;
    for (const [name, value] of Object.entries(error.headers ?? {})) response.setHeader(name, value);
    response.status(status).json(bodyOf(error, status, request.params.key as string | undefined));
  }
}

function bodyOf(error: RegistryError, status: number, key: string | undefined): OfrepProblem & { key?: string } {
  if (status >= 500) return { errorDetails: error.message };
  return { ...(key !== undefined && { key }), errorCode: codeOf(error), errorDetails: error.message };
}

function codeOf({ status, errors }: RegistryError): OfrepErrorCode {
  if (status !== 400) return 'GENERAL';
  return errors?.some(({ field }) => /^context\b/.test(field)) ? 'INVALID_CONTEXT' : 'PARSE_ERROR';
}
