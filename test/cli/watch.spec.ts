import { useFixture } from './support/fixture.js';
import { eventText } from './support/stub-catalog.js';
import { ENTRY } from './support/stub-entry.js';

jest.setTimeout(120_000);

const fixture = useFixture();

/** Answers the n-th connection with the n-th of these texts; the last stays open. */
function streams(...texts: string[]): void {
  let nth = 0;
  fixture.stub.override = ({ path }, response) => {
    if (path !== '/api/v1/events') return false;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const text = texts[nth] ?? '';
    nth += 1;
    if (nth < texts.length) response.end(text);
    else response.write(text);
    return true;
  };
}

const asked = (): (string | null)[][] =>
  fixture.stub.seen.map(({ query }) => ['types', 'entity_types', 'since'].map((name) => query.get(name)));

describe('watch', () => {
  it('shows every change once, one object a line, over a connection that breaks, and ends by Ctrl-C', async () => {
    streams(eventText(7) + eventText(8, { type: 'health_changed' }), eventText(8) + eventText(9));
    const child = fixture.program.start(['watch', '-o', 'jsonl'], { env: { UREG_SERVER: fixture.stub.url } });
    const lines: string[] = [];
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await new Promise<void>((resolve) =>
      child.stdout?.on('data', (chunk: Buffer) => {
        lines.push(...chunk.toString().trim().split('\n'));
        if (lines.length === 3) resolve();
      }),
    );
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([7, 8, 9]);
    expect(stderr).toMatch(/^watching everything[^\n]*\nconnection lost, trying again in 0\.5 s\ninterrupted\n$/);
    expect(asked()).toEqual([
      [null, null, null],
      [null, null, '8'],
    ]);
  });

  it('asks for what is wanted, and shows what became of one entry in a line', async () => {
    const transition = { type: 'transition', verb: 'stop', from: 'running', to: 'stopped' };
    streams(eventText(3, { entity: { ...ENTRY, key: 'svc_other' } }) + eventText(4, transition));
    const args = [
      'watch',
      'plugin_my-service',
      '--type',
      'feature-flag',
      '--events',
      'transition',
      '--since',
      '2',
      '--once',
    ];
    expect(await fixture.ureg(args)).toMatchObject({
      code: 0,
      stdout: `2026-03-01T09:30:00.000Z\ttransition\t${ENTRY.key}\tstop: running -> stopped\n`,
    });
    expect(asked()).toEqual([['transition', 'feature_flag', '2']]);
  });

  it('ends with 10 when nothing happened in the time it was given', async () => {
    streams(eventText(3));
    expect(await fixture.ureg(['watch', 'svc_none', '--for', '1s'])).toMatchObject({
      code: 10,
      stdout: '',
      stderr: expect.stringMatching(/nothing happened\n$/),
    });
  });

  it('does not take a page for a stream, and does not wait for one that is refused', async () => {
    fixture.stub.override = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
      return true;
    };
    expect(await fixture.ureg(['watch'])).toMatchObject({ code: 1, stderr: expect.stringContaining('got text/html') });
    fixture.stub.reset(403);
    expect((await fixture.ureg(['watch'])).code).toBe(4);
  });
});
