import type { paths } from './generated/schema.js';
import type { CallOptions } from './sender.js';

export type Method = 'get' | 'put' | 'post' | 'delete' | 'patch';

/** Paths that know this method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never;
}[keyof paths];

export type OperationOf<P extends keyof paths, M extends Method> = paths[P] extends { [K in M]: infer Operation }
  ? Operation
  : never;

type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];

type ParamsOf<Operation> = Operation extends { parameters: infer Parameters }
  ? [RequiredKeys<Parameters>] extends [never]
    ? { params?: Parameters }
    : { params: Parameters }
  : { params?: never };

type BodyOf<Operation> = Operation extends { requestBody: { content: infer Content } }
  ? { body: Content[keyof Content] }
  : Operation extends { requestBody?: { content: infer Content } }
    ? { body?: Content[keyof Content] }
    : { body?: never };

/** What is said of one call: `params`, `body`, and how it is to be made. */
export type CallOf<P extends keyof paths, M extends Method> = ParamsOf<OperationOf<P, M>> &
  BodyOf<OperationOf<P, M>> &
  CallOptions;

/** It can be left out when nothing of it is required. */
export type CallArguments<Call> = [RequiredKeys<Call>] extends [never] ? [call?: Call] : [call: Call];

type Success = 200 | 201 | 202 | 204 | 207;
type ContentOf<Answer> = Answer extends { content: { 'application/json': infer Data } }
  ? Data
  : Answer extends { content: object }
    ? string
    : undefined;

/** What a call gives: the answer's JSON; text where it is none; undefined for an answer without a body. */
export type DataOf<P extends keyof paths, M extends Method> =
  OperationOf<P, M> extends { responses: infer Answers } ? ContentOf<Answers[keyof Answers & Success]> : never;

/** Lists that are read page by page. */
export type ListPath = {
  [P in PathOf<'get'>]: OperationOf<P, 'get'> extends { parameters: { query?: infer Query } }
    ? 'cursor' extends keyof NonNullable<Query>
      ? DataOf<P, 'get'> extends unknown[]
        ? P
        : never
      : never
    : never;
}[PathOf<'get'>];

export type RowOf<P extends ListPath> = DataOf<P, 'get'> extends (infer Row)[] ? Row : never;
