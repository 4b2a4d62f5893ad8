import { answerOf } from './controller-answer.js';

const of = (status: number, body = '', headers = {}) => answerOf({ status, headers, body: Buffer.from(body) });

describe('an answer of a controller', () => {
  it('without a body, or with that word, says that all is done', () => {
    for (const answer of [of(204), of(200), of(200, '{"status":"succeeded"}')]) expect(answer.state).toBe('succeeded');
  });

  it('of 202 promises a report', () => {
    expect(of(202, 'thanks')).toEqual({ state: 'running', again: null });
  });

  it('of 4xx is the end, with the reason it gives', () => {
    expect(of(422, '{"detail":"no such\\u0000 image"}')).toEqual({
      state: 'failed',
      message: 'The controller answered 422: no such image',
    });
    expect(of(404, '<h1>Nothing\nhere</h1>')).toMatchObject({
      message: 'The controller answered 404: <h1>Nothing here</h1>',
    });
    expect(of(302)).toMatchObject({ state: 'failed' });
  });

  it('of 5xx, or that asks for patience, is followed by the same question later', () => {
    expect(of(503)).toEqual({ state: 'unknown', message: 'The controller answered 503.' });
    expect(of(429, '', { 'retry-after': '7' })).toMatchObject({ state: 'unknown', again: 7 });
    expect(of(503, '', { 'retry-after': '999999' })).toMatchObject({ again: 300 });
  });

  it('of 200 that says something else is not taken for a success', () => {
    for (const body of ['ok', '{}', 'null', '{"status":"perhaps"}', '{"status":"failed","message":"no room"}'])
      expect(of(200, body)).toMatchObject({ state: 'failed' });
    expect(of(200, '{"status":"failed","message":"no room"}')).toMatchObject({ message: 'no room' });
  });
});
