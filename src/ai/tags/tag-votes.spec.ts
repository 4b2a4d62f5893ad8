import { tagOf, voteOnTags } from './tag-votes.js';

describe('voteOnTags', () => {
  const entries = [
    { similarity: 0.7, tags: ['database', 'sql'] },
    { similarity: 0.6, tags: ['database'] },
    { similarity: 0.1, tags: ['games'] },
  ];

  it('takes what the nearest entries agree on before what a far one says', () => {
    expect(voteOnTags(entries, [], 3).map(({ tag }) => tag)).toEqual(['database', 'sql']);
    expect(voteOnTags(entries, [], 3)[0]).toMatchObject({ sources: ['neighbours'], neighbours: 2 });
  });

  it('adds what the text itself says, and counts what both say higher', () => {
    const [first] = voteOnTags(entries, [{ tag: 'sql', score: 1 }, { tag: 'wal', score: 0.5 }], 4); // prettier-ignore
    expect(first.tag).toBe('database');
    const all = voteOnTags(entries, [{ tag: 'sql', score: 1 }], 4);
    expect(all.find(({ tag }) => tag === 'sql')).toMatchObject({ sources: ['neighbours', 'text'] });
    expect(voteOnTags([], [{ tag: 'wal', score: 0.5 }], 4)).toEqual([
      { tag: 'wal', score: 0.3, sources: ['text'], neighbours: 0 },
    ]);
  });

  it('writes phrases as tags', () => {
    expect(tagOf(' Message  Queue! ')).toBe('message-queue');
    expect(tagOf('C++')).toBe('c++');
  });
});
