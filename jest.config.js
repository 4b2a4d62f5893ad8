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
/** Where it is all one which database: in CI enough on a server, where they are quicker. */
const SERVER_ENOUGH =
  '/(audit-(chain|catalog|refusals)|bulk|config-(versions|watch)|events-proof|feature-flag-(replicas|rollouts)|' +
  'gateway-(limits|limit-failures|replicas|rotation)|graph-(closures|walks)|health-propagation|hostile-input-work|registry-moves|' +
  'search-paging|services-liveness|transfer|usage-(exactness|retention)|workloads-proof)\\.spec\\.ts$';
const project = (displayName, roots, extra = {}) => ({
  displayName,
  roots,
  rootDir: '.',
  testEnvironment: 'node',
  testMatch: ['**/*.spec.ts'],
  transform: { '^.+\\.(t|j|mj)s$': swc },
  transformIgnorePatterns: ['/node_modules/(?!(@nestjs|@willsoto|@kubernetes|openid-client|oauth4webapi|jose)/)'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testPathIgnorePatterns: ['/node_modules/', ...(process.env.PART === 'true' ? [SERVER_ENOUGH] : [])],
  ...extra,
});
const database = {
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};

export default {
  // One more than a small machine has processors: many suites wait for jobs, time-outs and other processes.
  maxWorkers: 3,
  testTimeout: 60_000,
  projects: [
    project('unit', ['<rootDir>/src']),
    project('medium', ['<rootDir>/test/medium'], database),
    project('e2e', ['<rootDir>/test/e2e'], database),
    project('cli', ['<rootDir>/test/cli']),
  ],
};
