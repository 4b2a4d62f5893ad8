/** `universal-registry/client`: what programs that use a registry import. */
export { ConnectionError } from './connection-error.js';
export type { TokenSource } from './credential.js';
export type { components, operations, paths } from './generated/schema.js';
export { keyTokens, type KeyTokensOptions } from './key-tokens.js';
export type { CallOf, DataOf, ListPath, PathOf, RowOf } from './operation-types.js';
export { ProblemError, type Problem, type ProblemField } from './problem.js';
export {
  RegistryClient,
  type EventsOptions,
  type RegistryClientOptions,
  type RegistryEvent,
} from './registry-client.js';
export type { CallOptions } from './sender.js';
