import { placeOf, placeProblem, scopeText } from './scope.js';
import type { ScopePlace } from './scope.js';

const IDS = ['a', 'b', 'ann@example.com', 'x:y'];

describe('the scope of a value', () => {
  it('is read back from the version that is made of it', () => {
    const places: ScopePlace[] = [
      { scope: 'global', scope_id: null },
      ...IDS.flatMap((id): ScopePlace[] => [
        { scope: 'environment', scope_id: id },
        { scope: 'service', scope_id: `production/${id}` },
        { scope: 'user', scope_id: id },
      ]),
    ];
    for (const place of places) {
      expect(placeProblem(place)).toBeUndefined();
      expect(placeOf(scopeText(place))).toEqual(place);
    }
    expect(new Set(places.map(scopeText)).size).toBe(places.length);
  });

  it.each(['environment', 'global:x', 'planet:mars', 'service:', 'environment:a:b', 'service:%zz', '1.2.3'])(
    'is not %s',
    (text) => expect(placeOf(text)).toBeUndefined(),
  );
});
