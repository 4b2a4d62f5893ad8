import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { NotFoundError } from '../errors/registry-error.js';
import { ASSETS, DOCUMENTS, REDOC_PAGE, SWAGGER_PAGE, SWAGGER_START } from './docs-pages.js';
import { Public } from './permission.decorator.js';
import { PAGE_HEADERS, setHeaders } from './security-headers.js';

const WEEK_MS = 7 * 24 * 3_600_000;

/** The documentation for people and machines. Everything comes from this service, so it works offline. */
@ApiExcludeController()
@Public()
@Controller()
export class DocsController {
  @Get('docs')
  swagger(@Res() response: Response): void {
    page(response, SWAGGER_PAGE);
  }

  @Get('redoc')
  redoc(@Res() response: Response): void {
    page(response, REDOC_PAGE);
  }

  @Get('docs-json')
  json(@Res() response: Response): Promise<void> {
    return file(response.type('application/json'), DOCUMENTS.json);
  }

  @Get('docs-yaml')
  yaml(@Res() response: Response): Promise<void> {
    return file(response.type('application/yaml'), DOCUMENTS.yaml);
  }

  @Get('docs/start.js')
  start(@Res() response: Response): void {
    response.type('text/javascript').send(SWAGGER_START);
  }

  @Get(['docs/:file', 'redoc/:file'])
  asset(@Param('file') name: string, @Res() response: Response): Promise<void> {
    if (!Object.hasOwn(ASSETS, name)) throw new NotFoundError('file', name);
    return file(response, ASSETS[name](), WEEK_MS);
  }
}

function file(response: Response, path: string, maxAge = 0): Promise<void> {
  return new Promise((resolve, reject) => {
    response.sendFile(path, { maxAge, dotfiles: 'allow' }, (error?: Error) =>
      // A reader that left early is no failure.
      error && !response.destroyed ? reject(error) : resolve(),
    );
  });
}

function page(response: Response, html: string): void {
  setHeaders(response, PAGE_HEADERS);
  response.type('html').send(html);
}
