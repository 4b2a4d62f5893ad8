import { Injectable } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { stringify } from 'yaml';
import { createOpenApi } from './openapi.js';

/** The OpenAPI document of the running application, made when somebody first asks: a start does not wait for it. */
@Injectable()
export class ApiDocument {
  private app?: INestApplication;
  private made?: OpenAPIObject;
  private jsonText?: string;
  private yamlText?: string;

  of(app: INestApplication): void {
    this.app = app;
  }

  get json(): string {
    return (this.jsonText ??= JSON.stringify(this.document));
  }

  get yaml(): string {
    return (this.yamlText ??= stringify(this.document, { aliasDuplicateObjects: false, lineWidth: 120 }));
  }

  private get document(): OpenAPIObject {
    if (!this.app) throw new Error('The application has not been configured.');
    return (this.made ??= createOpenApi(this.app));
  }
}
