import picocolors from 'picocolors';
import type { Terminal } from '../core/interactive.js';
import { parseFormat } from './format.js';
import { renderList, renderOne, type RenderOptions } from './render.js';
import { column, type View } from './view.js';

interface Row extends Record<string, unknown> {
  key: string;
}

const view: View<Row> = {
  fields: ['key', 'status', 'tags', 'metadata'],
  columns: [column('KEY', 'key'), column('STATUS', 'status', { state: true }), column('TAGS', 'tags', { wide: true })],
  name: (row) => row.key,
};

const rows: Row[] = [
  { key: 'plugin_a', status: 'active', tags: ['x', 'y'], metadata: { tier: 1, note: 'say "hi",\nthere' } },
  { key: 'svc_b', status: null, tags: [], metadata: {} },
];

function options(output: string, more: Partial<RenderOptions> = {}): RenderOptions {
  const terminal = { stdout: { isTTY: false }, stderr: {}, stdin: {}, env: {} } as unknown as Terminal;
  return { format: parseFormat(output), headers: true, terminal, paint: picocolors.createColors(false), ...more };
}

describe('a list', () => {
  it.each([
    ['table', 'KEY\tSTATUS\nplugin_a\tactive\nsvc_b\t-\n'],
    ['wide', 'KEY\tSTATUS\tTAGS\nplugin_a\tactive\tx,y\nsvc_b\t-\t-\n'],
    ['json', `${JSON.stringify(rows, null, 2)}\n`],
    ['jsonl', `${JSON.stringify(rows[0])}\n${JSON.stringify(rows[1])}\n`],
    ['name', 'plugin_a\nsvc_b\n'],
    ['template={{key}}:{{metadata.tier}}\\t{{tags}}', 'plugin_a:1\tx,y\nsvc_b:\t\n'],
    [
      'csv',
      'key,status,tags,metadata\nplugin_a,active,"x,y","{""tier"":1,""note"":""say \\""hi\\"",\\nthere""}"\nsvc_b,,,{}\n',
    ],
    [
      'yaml',
      '- key: plugin_a\n  status: active\n  tags:\n    - x\n    - y\n  metadata:\n    tier: 1\n    note: |-\n      say "hi",\n      there\n- key: svc_b\n  status: null\n  tags: []\n  metadata: {}\n',
    ],
  ])('as %s', async (output, expected) => {
    expect(await renderList(rows, view, options(output))).toBe(expected);
  });

  it('keeps only the fields asked for, in every format', async () => {
    const fields = 'key,metadata.tier';
    expect(await renderList(rows, view, options('json', { fields }))).toBe(
      `${JSON.stringify(
        [
          { key: 'plugin_a', 'metadata.tier': 1 },
          { key: 'svc_b', 'metadata.tier': null },
        ],
        null,
        2,
      )}\n`,
    );
    expect(await renderList(rows, view, options('table', { fields, headers: false }))).toBe('plugin_a\t1\nsvc_b\t-\n');
    expect(await renderList(rows, view, options('csv', { fields, headers: false }))).toBe('plugin_a,1\nsvc_b,\n');
  });

  it('refuses an unknown field, naming those there are', async () => {
    await expect(renderList(rows, view, options('json', { fields: 'key,colour' }))).rejects.toMatchObject({
      exitCode: 2,
      message: 'unknown field "colour"',
      reason: 'fields: key, status, tags, metadata',
    });
  });

  it('of nothing is an empty table, and [] in JSON', async () => {
    expect(await renderList([], view, options('table'))).toBe('');
    expect(await renderList([], view, options('json'))).toBe('[]\n');
    expect(await renderList([], view, options('jsonl'))).toBe('');
  });
});

describe('one record', () => {
  it('as a table leaves out what has no value; wide shows it', async () => {
    expect(await renderOne(rows[1], view, options('table'))).toBe('key\tsvc_b\n');
    expect(await renderOne(rows[1], view, options('wide'))).toBe('key\tsvc_b\nstatus\t\ntags\t\nmetadata\t{}\n');
  });

  it('as JSON is the object itself', async () => {
    expect(await renderOne(rows[0], view, options('jsonl'))).toBe(`${JSON.stringify(rows[0])}\n`);
  });
});

describe('an output format', () => {
  it('that does not exist is refused with those that do', () => {
    expect(() => parseFormat('xml')).toThrow('unknown output format "xml"');
  });

  it.each(['{{colour}}', '{{#each}}', '{{key'])('cannot be the template %s', async (template) => {
    await expect(renderList(rows, view, options(`template=${template}`))).rejects.toMatchObject({ exitCode: 2 });
  });

  it('never reaches what is not the data itself', async () => {
    const text = await renderList(rows, view, options('template={{metadata.constructor}}|{{metadata.__proto__}}'));
    expect(text).toBe('|\n|\n');
  });
});
