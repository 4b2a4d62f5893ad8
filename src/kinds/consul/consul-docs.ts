import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { CredentialAlsoIn } from '../../platform/http/credential-places.decorator.js';
import { problemTypeOf } from '../../platform/http/problem-types.js';

/** What an operation may answer whatever it is. */
const ALWAYS = [400, 401, 403, 413, 415, 503];

/** Documents errors as Consul has them: a line of text. */
export const ConsulErrors = (...statuses: number[]): MethodDecorator =>
  applyDecorators(
    ...[...ALWAYS, ...statuses].map((status) => {
      const { title, meaning } = problemTypeOf(status);
      const content = { 'text/plain': { schema: { type: 'string' as const }, example: meaning } };
      return ApiResponse({ status, description: `${title}. ${meaning}`, content });
    }),
  );

/** Documents an answer that says nothing but its status. */
export const ConsulDone = (): MethodDecorator =>
  ApiOkResponse({ description: 'Done.', content: { 'text/plain': { schema: { type: 'string' }, example: '' } } });

/** The routes take their key as Consul's clients send it. */
export const ConsulToken = (): ClassDecorator => CredentialAlsoIn({ header: 'x-consul-token', query: 'token' });

const TEXT = { required: false, type: String } as const;

/** Documents a parameter that is a word, or only has to be there. */
export const ConsulText = (name: string, example: string, description?: string): MethodDecorator =>
  ApiQuery({ name, ...TEXT, example, ...(description !== undefined && { description }) });

/** Documents a blocking query. */
export const ConsulBlocking = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({
      name: 'index',
      required: false,
      schema: { type: 'integer', minimum: 0, example: 42 },
      description: 'The `X-Consul-Index` of the answer before: this one comes when there is something else to say.',
    }),
    ConsulText('wait', '30s', 'For how long at most, up to 10m; 5m when left out.'),
    ApiHeader({ name: 'X-Consul-Token', required: false, description: 'A key or token.', example: 'ureg_…' }),
  );

/** The header of an answer that can be waited for. */
export const INDEX_HEADER = {
  'X-Consul-Index': { description: 'What to wait for with `index`.', schema: { type: 'integer' as const } },
};
