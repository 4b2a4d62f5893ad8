import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { useFixture } from './support/fixture.js';
import { AUDIT_ENTRY, VERIFICATION } from './support/stub-audit.js';

jest.setTimeout(120_000);

const fixture = useFixture({ here: true });
const HEAD = `${VERIFICATION.head.seq}:${VERIFICATION.head.hash}`;

describe('the audit trail', () => {
  it('is listed by who did what to what, narrowed as the API takes it', async () => {
    expect((await fixture.ureg(['audit', 'list'])).stdout).toBe(
      'AT\tACTOR\tACTION\tOUTCOME\tSUBJECT\tADDRESS\n' +
        '2026-05-01T12:00:00.000Z\tFirst admin key\tkey.revoke\tsuccess\tci\t127.0.0.1\n',
    );
    const filters = ['--actor', 'system', '--action', 'key.*', '--entity', 'svc_a', '--outcome', 'denied'];
    const more = [
      '--address',
      '::1',
      '--request-id',
      'r',
      '--until',
      '2026-05-01',
      '--limit',
      '7',
      '--page-token',
      't',
    ];
    await fixture.ureg(['audit', 'list', ...filters, ...more]);
    expect(fixture.requests()).toEqual([
      'GET /api/v1/gateway/audit?limit=50',
      'GET /api/v1/gateway/audit?actor=system&action=key.*&entity=svc_a&outcome=denied&address=%3A%3A1&request_id=r' +
        '&to=2026-05-01T00%3A00%3A00.000Z&limit=7&cursor=t',
    ]);
    for (const flags of [
      ['--outcome', 'perhaps'],
      ['--since', 'then'],
      ['--sort', 'at'],
    ])
      expect((await fixture.ureg(['audit', 'list', ...flags])).code).toBe(2);
  });

  it('is exported row by row as it arrives, to a file whole or not at all', async () => {
    const ended = await fixture.ureg(['audit', 'export', '--action', 'key.*', '--proof', '--to', 'audit.ndjson']);
    expect(ended).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/^wrote \d+ bytes to audit.ndjson/),
    });
    expect(JSON.parse(readFileSync(join(fixture.program.home, 'audit.ndjson'), 'utf8'))).toEqual(AUDIT_ENTRY);
    expect(fixture.requests()).toEqual(['GET /api/v1/gateway/audit/export?action=key.*&proof=true']);
    expect(JSON.parse((await fixture.ureg(['audit', 'export', '-o', 'json'])).stdout)).toEqual([AUDIT_ENTRY]);
    expect((await fixture.ureg(['audit', 'export', '-o', 'csv'])).code).toBe(2);
  });

  it('that holds is told in a line, its end alone with -q', async () => {
    expect(await fixture.ureg(['audit', 'verify', '--expected-head', HEAD, '--from-seq', '3'])).toMatchObject({
      code: 0,
      stdout: `intact  4,711 places checked, the end is ${HEAD}, signed from 12 to 4711\n`,
    });
    expect(fixture.requests()).toEqual([
      `GET /api/v1/gateway/audit/verify?from_seq=3&expected_head=${HEAD.replace(':', '%3A')}`,
    ]);
    expect((await fixture.ureg(['audit', 'verify', '-q'])).stdout).toBe(`${HEAD}\n`);
    expect((await fixture.ureg(['audit', 'verify', '--expected-head', 'x'])).code).toBe(2);
  });

  it('that does not hold ends with 10 and names what is wrong, also as JSON', async () => {
    const broken = [{ kind: 'row_changed', seq: 9, audit_id: '10', detail: 'Row 10 is not what was sealed at 9.' }];
    const found = { ...VERIFICATION, intact: false, broken, broken_total: 101, signed: null };
    fixture.stub.override = (_, response) => {
      response.end(JSON.stringify(found));
      return true;
    };
    expect(await fixture.ureg(['audit', 'verify'])).toMatchObject({
      code: 10,
      stdout:
        `broken  4,711 places checked, the end is ${HEAD}, not signed\n` +
        'FAULT\tPLACE\tROW\tDETAIL\nrow_changed\t9\t10\tRow 10 is not what was sealed at 9.\n',
      stderr: 'showing 1 of 101 faults\n',
    });
    const json = await fixture.ureg(['audit', 'verify', '-o', 'json']);
    expect([json.code, JSON.parse(json.stdout)]).toEqual([10, found]);
  });
});
