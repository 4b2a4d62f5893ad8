import { CliError, isMissingRoute } from './errors.js';
import { ExitCode } from './exit-codes.js';
import { explainedByAge, isOlder } from './older-server.js';

describe('one version is older than another', () => {
  const ORDER = [
    '0.1.0-alpha',
    '0.1.0-alpha.1',
    '0.1.0-alpha.beta',
    '0.1.0-beta.2',
    '0.1.0-beta.11',
    '0.1.0',
    '0.2.0',
    '0.10.0',
    '1.0.0',
  ];

  it('by the order of Semantic Versioning, and never than itself', () => {
    for (const [i, one] of ORDER.entries())
      for (const [j, other] of ORDER.entries()) expect([one, other, isOlder(one, other)]).toEqual([one, other, i < j]);
    expect(isOlder('1.0.0+a', '1.0.0+b')).toBe(false);
  });

  it('only where both are versions', () => {
    expect([isOlder('1', '2.0.0'), isOlder('', '2.0.0'), isOlder('1.0.0', 'dev')]).toEqual([false, false, false]);
  });
});

describe('a failure', () => {
  const failed = (code: string): CliError =>
    new CliError(code, 'x', { status: 404, exitCode: ExitCode.notFound, requestId: 'r', next: 'ureg list' });

  it('for want of a route is explained by the age of the server', () => {
    const error = explainedByAge(failed('route.not_found'), 'GET /api/v1/new', { own: '0.2.0', answered: '0.1.0' });
    expect(error).toMatchObject({
      code: 'route.not_found',
      message: 'the server does not know GET /api/v1/new',
      reason:
        'the server is version 0.1.0, this ureg is 0.2.0: the command needs a newer server; upgrade it, or use ureg 0.1.0',
      next: undefined,
      status: 404,
      exitCode: ExitCode.notFound,
      requestId: 'r',
    });
    expect(explainedByAge(failed('route.method_not_allowed'), 'PUT /x', { own: '0.2.0' }).reason).toBe(
      "the server does not tell its version, this ureg is 0.2.0: the command needs a newer server; upgrade it, or use the server's own ureg",
    );
  });

  it('is explained by what an earlier answer said only where this one says nothing', () => {
    const by = (answered: string | undefined, remembered: string): string | undefined =>
      explainedByAge(failed('route.not_found'), 'GET /x', { own: '0.2.0', answered, remembered }).reason;
    expect(by(undefined, '0.1.0')).toContain('is version 0.1.0');
    expect(by('0.2.0', '0.1.0')).toBeUndefined();
    // It was newer, and one that said nothing yet has taken its place.
    expect(by(undefined, '0.3.0')).toContain('does not tell its version');
  });

  it.each(['0.2.0', '0.3.0', 'newest'])('of a server of version %s stays as it is', (answered) => {
    const error = failed('route.not_found');
    expect(explainedByAge(error, 'GET /x', { own: '0.2.0', answered })).toBe(error);
  });

  it.each([
    ['route.not_found', true],
    ['route.method_not_allowed', true],
    ['entity.not_found', false],
    ['route.not_here', false],
    ['http.404', false],
  ])('%s is one for want of a route: %s', (code, missing) => {
    expect(isMissingRoute(failed(code))).toBe(missing);
  });
});
