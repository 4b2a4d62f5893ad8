import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { Env } from '../env/env.js';
import { InvalidError, UnsupportedMediaError } from '../errors/registry-error.js';
import { hasBody, mediaTypeOf, readAll, readText } from './body-reader.js';
import { assertPlainData } from './plain-data.js';
import { RAW_BODY } from './raw-body.decorator.js';
import { ANY_BODY, STREAMED_BODY } from './streamed-body.decorator.js';
import { TEXT_BODY } from './text-body.decorator.js';

const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json$/;

/** Parses JSON bodies. A guard, because it comes after the gateway's: nobody unknown makes us read a megabyte. */
@Injectable()
export class JsonBodyGuard implements CanActivate {
  constructor(private readonly env: Env) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.getArgByIndex<Request>(0);
    if (!hasBody(request)) return true;
    if (Reflect.getMetadata(RAW_BODY, context.getHandler())) return this.keepBytes(request);
    const streamed = Reflect.getMetadata(STREAMED_BODY, context.getHandler()) as string[] | undefined;
    if (streamed?.includes(ANY_BODY)) return true;
    const mediaType = mediaTypeOf(request);
    if (streamed) {
      if (streamed.includes(mediaType)) return true;
      throw new UnsupportedMediaError(`Content-Type must be ${streamed.join(' or ')}.`);
    }
    const texts = (Reflect.getMetadata(TEXT_BODY, context.getHandler()) ?? []) as string[];
    if (texts.includes(mediaType)) return this.keep(request);
    if (!JSON_TYPE.test(mediaType))
      throw new UnsupportedMediaError(`Content-Type must be ${['application/json', ...texts].join(' or ')}.`);
    return this.parse(request);
  }

  private async keepBytes(request: Request): Promise<boolean> {
    request.body = await readAll(request, this.env.bodyLimitBytes);
    return true;
  }

  private async keep(request: Request): Promise<boolean> {
    request.body = await readText(request, this.env.bodyLimitBytes);
    return true;
  }

  private async parse(request: Request): Promise<boolean> {
    request.body = parseJson(await readText(request, this.env.bodyLimitBytes));
    return true;
  }
}

/** The value of an untrusted JSON text. Throws an InvalidError where it is broken or holds what no body may hold. */
export function parseJson(text: string, root = ''): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw InvalidError.field(root || 'body', `is not valid JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  assertPlainData(value, root);
  return value;
}
