import { ProblemError } from './problem.js';

describe('a refusal', () => {
  it('is an error with the members of its problem document', () => {
    const error = new ProblemError(400, {
      type: '/problems/invalid-request',
      title: 'Invalid request',
      status: 400,
      detail: 'name is empty',
      code: 'request.invalid',
      request_id: 'r1',
      errors: [{ field: 'name', message: 'is empty' }],
      limit: 64,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'ProblemError',
      message: 'name is empty',
      status: 400,
      code: 'request.invalid',
      requestId: 'r1',
      errors: [{ field: 'name', message: 'is empty' }],
    });
    expect(error.problem?.limit).toBe(64);
  });

  it.each([[undefined], ['<h1>Bad gateway</h1>'], [[1]], [{}], [{ detail: 7, errors: 'many' }]])(
    'of something else than a registry (%j) still says its status',
    (body) => {
      const error = new ProblemError(502, body, 1000, 'r2');
      expect(error).toMatchObject({
        code: 'http.502',
        message: 'the server answered 502',
        requestId: 'r2',
        errors: [],
      });
      expect([error.problem, error.retryAfterMs]).toEqual([undefined, 1000]);
    },
  );
});
