import { MARK_END, MARK_START, toHighlight } from './highlight.js';

const marked = (text: string): string => text.replaceAll('[', MARK_START).replaceAll(']', MARK_END);

describe('highlights', () => {
  it('mark what matched', () => {
    expect(toHighlight(marked('a [web] and\n another [web]'))).toBe('a <mark>web</mark> and another <mark>web</mark>');
  });

  it('escape whatever the author wrote', () => {
    expect(toHighlight(marked(`<img src="x" onerror='y'> & [<mark>]`))).toBe(
      '&lt;img src=&quot;x&quot; onerror=&#39;y&#39;&gt; &amp; <mark>&lt;mark&gt;</mark>',
    );
  });

  it('are null when nothing is marked', () => {
    expect(toHighlight('nothing here')).toBeNull();
    expect(toHighlight(null)).toBeNull();
  });
});
