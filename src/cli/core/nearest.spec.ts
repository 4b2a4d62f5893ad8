import { didYouMean, nearest } from './nearest.js';

describe('what somebody may have meant', () => {
  it('is what differs in a letter or two, or has the word in it, the nearest first, three at most', () => {
    expect(nearest('develper', ['viewer', 'developer', 'admin'])).toEqual(['developer']);
    expect(nearest('ci', ['ci-linux', 'cd', 'deploy', 'ci2', 'ci'])).toEqual(['ci', 'cd', 'ci2']);
    expect(nearest('Deploy', ['DEPLOY'])).toEqual(['DEPLOY']);
  });

  it('is said in one line, or not at all', () => {
    expect(didYouMean('viewr', ['viewer', 'viewer'])).toBe('did you mean viewer?');
    expect(didYouMean('nothing', ['viewer'])).toBeUndefined();
  });
});
