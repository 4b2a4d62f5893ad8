import { didYouMean, nearest } from './nearest.js';

describe('what somebody may have meant', () => {
  it('is the one that differs least, in a letter or two, or has the word in it', () => {
    expect(nearest('develper', ['viewer', 'developer', 'admin'])).toBe('developer');
    expect(nearest('ci', ['ci-linux', 'cd', 'deploy', 'ci2'])).toBe('cd');
    expect(nearest('linux', ['ci-linux', 'cd'])).toBe('ci-linux');
    expect(nearest('Deploy', ['DEPLOY'])).toBe('DEPLOY');
  });

  it('is said in one line, or not at all', () => {
    expect(didYouMean('viewr', ['viewer', 'viewer'])).toBe('did you mean viewer?');
    expect(didYouMean('nothing', ['viewer'])).toBeUndefined();
  });
});
