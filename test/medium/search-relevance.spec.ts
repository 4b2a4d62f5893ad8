import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { SEARCH, names } from './search-fixture.js';
import { CorpusStatistics } from '../../src/search/upkeep/corpus-statistics.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

interface SamplePackage {
  name: string;
  version: string;
  title?: string;
  description?: string;
  tags?: string[];
  /** How many others need it. */
  dependents?: number;
}

/** A real package index, cut down to what these queries find in the whole and some hundred others. */
const sample = (): SamplePackage[] =>
  gunzipSync(readFileSync('test/fixtures/search-sample.jsonl.gz'))
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as SamplePackage);

describe('relevance on real packages', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
    await app.uow.query(
      `INSERT INTO entry (uid, kind, name, version, title, description, status, tags, popularity, checksum)
       SELECT gen_random_uuid(), 'resource', name, coalesce(version, ''), title, description, 'active',
              coalesce(tags, '{}'), round(ln(1 + coalesce(dependents, 0))::numeric, 1), ''
       FROM json_to_recordset($1::json)
         AS p (name text, version text, title text, description text, tags text[], dependents int)`,
      [JSON.stringify(sample())],
    );
    const statistics = app.app.get(CorpusStatistics);
    await statistics.refreshLexemes();
    await statistics.refreshWords();
  });
  afterAll(() => app.close());

  const first = async (query: string, limit: number): Promise<{ found: string[]; corrected: string | null }> => {
    const answer = await app.api.post(SEARCH, { query, limit });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    return { found: names(answer.body), corrected: answer.headers.get('x-search-corrected') };
  };

  it.each([
    ['libreoffice', ['libreoffice', 'libreoffice-common', 'libreoffice-core']],
    ['postgresql', ['postgresql']],
    ['python', ['python3']],
    ['docker', ['docker', 'docker.io', 'docker-compose']],
    ['nodejs', ['nodejs', 'nodejs-doc']],
    ['apache http', ['apache2']],
    ['web server', ['task-web-server']],
    ['web/proxy server', ['nginx']],
    ['text editor', ['gnome-text-editor']],
    ['image processing', ['ruby-image-processing', 'python3-skimage']],
    ['pdf viewer', ['pdf-viewer']],
    ['python imaging library', ['python3-pil']],
    ['"machine learning" python', ['python3-sklearn']],
    ['machine learning', ['science-machine-learning']],
    ['password manager -emacs', ['pass']],
    ['gimp or emacs', ['gimp', 'emacs']],
    ['resource_vlc', ['vlc']],
  ])('%s leads to %j among the first three', async (query, expected) => {
    const { found, corrected } = await first(query, 3);
    expect(found).toEqual(expect.arrayContaining(expected));
    expect(corrected).toBeNull();
  });

  it.each([
    ['video playr', 'video player', 'dragonplayer'],
    ['ngnix', 'nginx', 'nginx'],
    ['libreofice', 'libreoffice', 'libreoffice'],
    ['imgae processing', 'image processing', 'ruby-image-processing'],
    ['pasword manger', 'password manager', 'pass'],
    ['postgersql', 'postgresql', 'postgresql'],
    ['spell cheker', 'spell checker', 'aspell'],
  ])('%s is taken for %s', async (query, meant, expected) => {
    const { found, corrected } = await first(query, 10);
    expect(corrected).toBe(encodeURIComponent(meant));
    expect(found).toContain(expected);
  });

  it('finds by stem what is mistyped behind it', async () => {
    expect((await first('kubernets', 3)).found).toContain('python3-kubernetes');
  });
});
