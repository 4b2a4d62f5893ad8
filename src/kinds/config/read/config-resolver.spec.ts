import { isDeepStrictEqual } from 'node:util';
import type { EntrySecrets } from '../../../entries/secrets/entry-secrets.js';
import type { CredentialVerifier } from '../../../platform/http/credential-verifier.js';
import { scopeText } from '../scope.js';
import type { ScopeContext, ScopePlace } from '../scope.js';
import { ConfigSnapshot } from '../snapshot/config-snapshot.js';
import type { ChangedRow } from '../snapshot/config-snapshot.repository.js';
import { ConfigResolver } from './config-resolver.js';

const IDS = ['a', 'b', 'ann@example.com', 'x:y'];

/** What the documentation says, in a few lines: of all values that apply, the one of the greatest weight. */
function expected(values: readonly ScopePlace[], { environment, service, user }: ScopeContext): ScopePlace | undefined {
  const named = { global: undefined, environment, service, user };
  const weighed = values.flatMap((value) => {
    const parts = value.scope_id?.split('/') ?? [];
    const [own, within] = [parts.at(-1), parts.length === 2 ? parts[0] : undefined];
    const applies = own === named[value.scope] && (within === undefined || within === environment);
    const weight = ['global', 'environment', 'service', 'user'].indexOf(value.scope) * 2 + (within ? 1 : 0);
    return applies ? [{ value, weight }] : [];
  });
  return weighed.toSorted((a, b) => b.weight - a.weight)[0]?.value;
}

/** A value in a scope, as it is loaded. */
const rowOf = (place: ScopePlace, n: number): ChangedRow => {
  const entry = { id: String(n), uid: `uid-${n}`, kind: 'config', name: 'key', version: scopeText(place), revision: 1 };
  const row = {
    ...entry,
    spec: { ...place, type: 'integer', value: n },
    readers: null,
    sealed: null,
    current_version: 1,
  };
  return {
    idx: n,
    uid: entry.uid,
    name: 'key',
    scope: entry.version,
    at: new Date(0),
    row: row as ChangedRow['row'] & object,
  };
};

describe('of the values of a key', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed % below;
  };
  const some = (): string => IDS[random(IDS.length)];
  const maybe = (): string | undefined => (random(4) === 0 ? undefined : some());
  const somePlace = (): ScopePlace => {
    const scope = (['global', 'environment', 'service', 'user'] as const)[random(4)];
    const within = (scope === 'service' || scope === 'user') && random(2) === 0 ? `${some()}/` : '';
    return { scope, scope_id: scope === 'global' ? null : within + some() };
  };

  it('the nearest wins and explain names it, in 10,000 random trees as a model of ten lines says', () => {
    const wrong: object[] = [];
    for (let tree = 0; tree < 10_000; tree++) {
      const places = [
        ...new Map(Array.from({ length: random(12) }, somePlace).map((one) => [scopeText(one), one])).values(),
      ];
      const snapshot = new ConfigSnapshot();
      snapshot.apply(places.map((place, n) => rowOf(place, n + 1)), places.length, true); // prettier-ignore
      const resolver = new ConfigResolver(snapshot, {} as EntrySecrets, {} as CredentialVerifier);
      const context = { environment: maybe(), service: maybe(), user: maybe() };
      const winner = resolver.winner('key', context);
      const wanted = expected(places, context);
      const explained = winner ? resolver.explained(winner, context) : [];
      const wins = wanted && { ...wanted, outcome: 'wins', key: winner?.key, revision: 1, value: winner?.spec.value };
      const nearest = explained.find(({ outcome }) => outcome !== 'absent');
      const told = explained.filter(({ outcome }) => outcome === 'wins');
      const right = [winner?.place, nearest, told.length];
      if (!isDeepStrictEqual(right, [wanted, wins, wanted ? 1 : 0])) wrong.push({ places, context, right });
    }
    expect(wrong).toEqual([]);
  });
});
