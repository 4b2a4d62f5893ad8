import { suitesOf } from './test/support/suites.mjs';

/** Nest 12 is pure ESM: tests run as CommonJS, so its packages are transformed and `.js` imports map to their `.ts` sources. */
const swc = [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: 'inline',
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      target: 'es2023',
      keepClassNames: true,
    },
    module: { type: 'commonjs' },
  },
];
const database = {
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};
const project = (displayName, root, suites = {}) => ({
  displayName,
  ...suitesOf(displayName, root, suites),
  rootDir: '.',
  testEnvironment: 'node',
  transform: { '^.+\\.(t|j|mj)s$': swc },
  transformIgnorePatterns: ['/node_modules/(?!(@nestjs|@willsoto|@kubernetes|openid-client|oauth4webapi|jose)/)'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  ...(suites.database && database),
});
export default {
  // One more than a small machine has processors: many suites wait for jobs, time-outs and other processes.
  maxWorkers: 3,
  testTimeout: 60_000,
  projects: [
    project('unit', 'src'),
    project('medium', 'test/medium', { database: true }),
    project('e2e', 'test/e2e', { database: true }),
    project('cli', 'test/cli', { grouped: false }),
    project('deployment', 'test/deployment', { grouped: false }),
  ],
};
