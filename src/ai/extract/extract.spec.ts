import { licensesIn } from './licenses.js';
import { withoutOverlaps } from './mention.js';
import type { Mention } from './mention.js';
import { namesIn } from './names.js';
import { PATTERNS } from './patterns.js';
import { technologiesIn } from './technology-matcher.js';

const formsIn = (text: string): Mention[] => PATTERNS.flatMap(([, find]) => find(text));
const values = (mentions: readonly Mention[], type?: string): string[] =>
  withoutOverlaps(mentions).flatMap((mention) => (type && mention.type !== type ? [] : [mention.value]));

describe('addresses', () => {
  it('end before what closes a sentence or a bracket around them, be it a thousand brackets', () => {
    const text = '(see https://a.example/x_(y).) [http://b.example/?q=1!] http://c.example/)((';
    expect(values(formsIn(text), 'url')).toEqual([
      'https://a.example/x_(y)',
      'http://b.example/?q=1',
      'http://c.example/)((',
    ]);
    const began = performance.now();
    expect(values(formsIn(`http://d.example/${')'.repeat(1900)} `.repeat(250)), 'url')).toHaveLength(250);
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});

describe('technologiesIn', () => {
  it('finds names as they are written, and gives the usual one', () => {
    expect(values(technologiesIn('postgres, K8s and React.js; C++ or C#, apache kafka, Kubernetes-based'))).toEqual([
      'PostgreSQL',
      'Kubernetes',
      'React',
      'C++',
      'C#',
      'Kafka',
      'Kubernetes',
    ]);
  });

  it('takes no English word for a name, and no part of another name', () => {
    expect(
      technologiesIn('We go on to express the rest, react and spring; java-common, my.redis.conf, JavaScripts'),
    ).toEqual([]);
    expect(values(technologiesIn('written in Go, served by Express'))).toEqual(['Go', 'Express']);
  });
});

describe('what has a form', () => {
  it.each([
    [
      'url',
      'see (https://a.example/x(1)/y). Or ftp://b.example/z, then',
      ['https://a.example/x(1)/y', 'ftp://b.example/z'],
    ],
    ['email', 'Write to Ops.Team+x@Mail.example.com.', ['ops.team+x@mail.example.com']],
    [
      'version',
      'needs v1.2.3-rc.1, lib>=2.0, OpenSSL 3.0 and release 7; ratio 2.5',
      ['1.2.3-rc.1', '>=2.0', '3.0', '7'],
    ],
    ['ip', 'at 10.0.0.1 and 10.1.0.0/16, not 999.1.1.1', ['10.0.0.1', '10.1.0.0/16']],
    ['port', 'port 8080, ports 80 and 443, db.local:5432, 53/udp, port 99999', ['8080', '80', '443', '5432', '53']],
    ['metric', '99.9 % of 10k requests per second in 200 ms on 16 GB', ['99.9', '10000', '200', '16']],
  ])('is found: %s', (type, text, expected) => {
    expect(values(formsIn(text), type)).toEqual(expected);
  });

  it('costs no more than its length, whatever the text', () => {
    const texts = ['1.', 'a.', 'GPL ', 'port 1', 'http://(', ' ', '1,111', '+', 'a@'].map((part) =>
      part.repeat(20_000),
    );
    const started = performance.now();
    for (const text of [...texts, `Apache License${' '.repeat(50_000)}`])
      withoutOverlaps([...formsIn(text), ...licensesIn(text), ...technologiesIn(text)]);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('licensesIn', () => {
  it('reads them as people write them, as SPDX ids', () => {
    const text =
      'Apache License, Version 2.0 or GPLv3+; LGPL 2.1, MIT license, BSD 3-Clause, MPL-2.0, GNU General Public License version 2 or later';
    expect(values(licensesIn(text))).toEqual([
      'Apache-2.0',
      'GPL-3.0-or-later',
      'LGPL-2.1-only',
      'MIT',
      'BSD-3-Clause',
      'MPL-2.0',
      'GPL-2.0-or-later',
    ]);
    expect(licensesIn('a vim plugin for X11 by MIT students')).toEqual([]);
  });
});

describe('namesIn', () => {
  it('finds people and organisations with where they stand', async () => {
    const text = 'Acme Corp. was founded by Jane Doe. It gave money to the Apache Software Foundation.';
    const found = await namesIn(text);
    expect(found.map(({ type, value }) => `${type} ${value}`).sort()).toEqual([
      'organisation Acme Corp.',
      'organisation Apache Software Foundation',
      'person Jane Doe',
    ]);
    for (const { text: name, start, end } of found) expect(text.slice(start, end)).toBe(name);
  });
});

describe('withoutOverlaps', () => {
  it('leaves what stands in an address to it, and the rest to the longest', () => {
    const text = 'https://redis.io/1.2.3 and Apache Kafka 3.6.1';
    expect(values([...formsIn(text), ...technologiesIn(text)])).toEqual(['https://redis.io/1.2.3', 'Kafka', '3.6.1']);
  });
});
