import { Logger } from '../../src/platform/logging/logger.js';

/** Says nothing, unless `TEST_LOG=debug` (or another level) asks. */
export const quietLogger = (): Logger =>
  Logger.create({ logLevel: (process.env.TEST_LOG ?? 'silent') as 'silent', logFormat: 'json' });
