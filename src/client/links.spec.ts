import { nextPage } from './links.js';

describe('the next page of a list', () => {
  it('begins at the cursor or offset of rel="next"', () => {
    const link = '</api/v1/entities?limit=2&cursor=a%2Bb>; rel="next", </api/v1/entities>; rel="first"';
    expect(nextPage(link)).toEqual({ cursor: 'a+b' });
    expect(nextPage('<https://r.example/base/api/v1/entities?offset=100>; rel=next')).toEqual({ offset: 100 });
  });

  it('is not there without one', () => {
    expect(nextPage('</api/v1/entities?cursor=x>; rel="prev"')).toBeUndefined();
    expect(nextPage(null)).toBeUndefined();
  });
});
