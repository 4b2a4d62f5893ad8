import { packageOfParagraph, ParagraphReader, parseRelations, type Paragraph } from './control.js';
import { BrokenPackageError } from './package.js';

function paragraph(text: string): Paragraph {
  const reader = new ParagraphReader();
  text.split('\n').forEach((line, index) => reader.line(line, index + 1));
  const result = reader.end();
  if (!(result instanceof Map)) throw result ?? new Error('no paragraph');
  return result;
}

describe('relations of a Packages file', () => {
  it('are groups of alternatives with versions; architectures and restrictions are left out', () => {
    expect(parseRelations('libc6 (>= 2.36), python3:any (<< 3.12) | python3.11, a [amd64] <!nocheck>')).toEqual([
      [{ name: 'libc6', op: '>=', version: '2.36' }],
      [{ name: 'python3', op: '<<', version: '3.12' }, { name: 'python3.11' }],
      [{ name: 'a' }],
    ]);
  });

  it('read the old signs < and > as <= and >=', () => {
    expect(parseRelations('a (< 1), b (> 2)')).toEqual([
      [{ name: 'a', op: '<=', version: '1' }],
      [{ name: 'b', op: '>=', version: '2' }],
    ]);
  });

  it('are nothing for an empty field', () => {
    expect(parseRelations(undefined)).toEqual([]);
    expect(parseRelations(' , ')).toEqual([]);
  });

  it('refuse what is no relation', () => {
    expect(() => parseRelations('libc6 (>= ')).toThrow(BrokenPackageError);
  });
});

describe('a paragraph of a Packages file', () => {
  it('is a package, field by field', () => {
    const source = packageOfParagraph(
      paragraph(
        [
          'Package: demo',
          'Version: 1:2.0-1',
          'Installed-Size: 120',
          'Maintainer: "Jane Doe" <jane@example.org>,',
          'Pre-Depends: dpkg (>= 1.15)',
          'Depends: libc6 (>= 2.36)',
          'Recommends: docs | manual',
          'Provides: mail-agent, smtp (= 2)',
          'Section: contrib/mail',
          'Homepage: https://example.org/',
          'Tag: role::program,',
          ' use::mail',
          'Description: sends mail',
          ' First line.',
          ' .',
          '  Indented line.',
        ].join('\n'),
      ),
    );
    expect(source).toEqual({
      name: 'demo',
      version: '1:2.0-1',
      section: 'contrib/mail',
      summary: 'sends mail',
      description: 'First line.\n\n Indented line.',
      maintainer: 'Jane Doe',
      homepage: 'https://example.org/',
      tags: ['role::program', 'use::mail'],
      installedSize: 120,
      depends: [[{ name: 'dpkg', op: '>=', version: '1.15' }], [{ name: 'libc6', op: '>=', version: '2.36' }]],
      recommends: [[{ name: 'docs' }, { name: 'manual' }]],
      provides: [{ name: 'mail-agent' }, { name: 'smtp', version: '2' }],
    });
  });

  it('without a version is broken', () => {
    expect(() => packageOfParagraph(paragraph('Package: demo'))).toThrow('the paragraph has no Version');
  });

  it.each([
    ['a field twice', ['Package: a', 'Package: b'], 'field package stands there twice'],
    ['a line without a field', ['Package: a', 'nonsense'], 'line 2 is no field'],
    ['a continuation of nothing', [' lost'], 'it begins with a continuation line'],
  ])('with %s is broken', (_, lines, reason) => {
    const reader = new ParagraphReader();
    lines.forEach((line, index) => reader.line(line, index + 1));
    expect(reader.end()).toEqual(new BrokenPackageError(reason));
  });
});
