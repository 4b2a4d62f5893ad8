import { makeKey } from '../keys/key-format.js';
import { leakPlaceOf } from './leak-place.js';

const URL_OF = 'https://github.com/acme/shop/blob/main/deploy.yaml';
const key = makeKey('service_key');

describe('where a key was found', () => {
  it('is kept as the report says it', () => {
    expect(leakPlaceOf(URL_OF, 'Pull_request_comment')).toEqual({ url: URL_OF, source: 'pull_request_comment' });
  });

  it.each([
    [`${URL_OF}?key=${key}#${key}`, URL_OF],
    ['https://user:password@github.com/acme', 'https://github.com/acme'],
    [`https://pastes.example/${key}/raw`, 'https://pastes.example/'],
    [`https://pastes.example/%73vc_${key.slice(4)}`, 'https://pastes.example/'],
    ['https://pastes.example/a\nb', 'https://pastes.example/ab'],
    ['javascript:alert(1)', null],
    ['file:///etc/passwd', null],
    [`https://a.example/${'x'.repeat(500)}`, null],
    ['not a url', null],
    [undefined, null],
    [['https://a.example'], null],
  ])('is kept of %j as %j', (given, kept) => expect(leakPlaceOf(given, undefined).url).toBe(kept));

  it.each(['', 'a b', key, '<b>', 7, undefined])('is not called %j', (source) =>
    expect(leakPlaceOf(URL_OF, source).source).toBeNull(),
  );
});
