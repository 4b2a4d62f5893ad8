import { useOwnService } from './support/own-service.js';
import { KINDS } from './support/kind-calls.js';
import { shellWords } from './support/program.js';

jest.setTimeout(300_000);

const own = useOwnService();

interface Shown extends Record<string, unknown> {
  key: string;
  status: string;
  owner: string | null;
  revision: number;
}

describe.each(KINDS.map((kind) => [kind.name, kind] as const))('%s on the real service', (name, kind) => {
  const { id, create, update } = kind.sample;

  it('is made, shown, listed and changed', async () => {
    const made = await own.json<Shown>(...shellWords(create));
    expect(made.key.startsWith(id)).toBe(true);
    expect((await own.json<Shown>(name, 'get', id)).key).toBe(made.key);
    expect((await own.json<Shown[]>(name, 'list', '--query', made.key.split('_')[1]?.split('@')[0] ?? '')).length).toBe(
      1,
    );
    const changed = await own.json<Shown>(...shellWords(update), '--if-match', String(made.revision));
    expect(changed.revision).toBe(made.revision + 1);
    const waited = await own.json<Shown>(name, 'get', made.key, `--wait=revision=${changed.revision}`);
    expect(waited.key).toBe(made.key);
    const stale = await own.ureg(...shellWords(update), '--title', 'late', '--if-match', String(made.revision));
    expect(stale.code).toBe(5);
    // What is set twice has a new value; everything else is there already.
    if (name !== 'config') expect(await own.ureg(...shellWords(create))).toMatchObject({ code: 5, stdout: '' });
  });

  it('walks its lifecycle, and says what is possible when a verb is not', async () => {
    for (const verb of kind.verbs) {
      const plan = await own.json<{ from: string; to: string }>(name, verb.name, id, '--dry-run');
      const before = await own.json<Shown>(name, 'get', id);
      expect(before.status).toBe(plan.from);
      const after = await own.json<Shown>(name, verb.name, id, `--wait=${plan.to}`);
      expect(after.status).toBe(plan.to);
    }
    const last = kind.verbs.at(-1)?.name;
    if (last === undefined) return;
    const again = await own.ureg(name, last, id);
    expect(again).toMatchObject({ code: 5, stdout: '', stderr: expect.stringContaining('not possible') });
  });

  it('refuses a field it does not have, naming it, and is deleted', async () => {
    expect(await own.ureg(name, 'update', id, '--set', 'colour=red')).toMatchObject({
      code: 11,
      stderr: expect.stringContaining('colour'),
    });
    expect(await own.ureg(name, 'delete', id, '--yes', '--wait=deleted')).toMatchObject({ code: 0, stderr: '' });
    expect((await own.ureg(name, 'get', id)).code).toBe(3);
    expect((await own.ureg(name, 'get', id, '--wait=deleted')).code).toBe(0);
  });
});
