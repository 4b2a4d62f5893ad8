export interface Sentence {
  text: string;
  /** Offsets in the text it was cut from, in UTF-16 units; `text.slice(start, end)` is the sentence. */
  start: number;
  end: number;
}

/** After these a full stop ends no sentence. */
const ABBREVIATION = /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|ca|fig|vol|dr|mr|mrs|ms|prof|[A-Z])\.$/i;
/** A blank line, or a line that begins as an item of a list, begins something new. */
const PARAGRAPH = /\n[ \t]*\n|\n(?=[ \t]*(?:[-*•]|\d+[.)])[ \t])/g;

const LINE_END = /[\n\r\u0085\u2028\u2029]/g;

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** The sentences of a text, each exactly as it stands there without the white space around it. */
export function sentencesOf(text: string): Sentence[] {
  const sentences: Sentence[] = [];
  let from = 0;
  for (const gap of [...text.matchAll(PARAGRAPH), undefined]) {
    const to = gap?.index ?? text.length;
    sentences.push(...ofParagraph(text, from, to));
    from = gap ? to + gap[0].length : to;
  }
  return sentences;
}

function ofParagraph(text: string, from: number, to: number): Sentence[] {
  const sentences: Sentence[] = [];
  let open: number | undefined;
  // To the segmenter every line is a paragraph, but lines are broken where they are full.
  const oneLine = text.slice(from, to).replace(LINE_END, ' ');
  for (const { index, segment } of segmenter.segment(oneLine)) {
    const start = open ?? from + index;
    const end = from + index + segment.length;
    const cut = trimmed(text, start, end);
    // The segmenter takes "e.g. Linux" for two.
    open = cut && end < to && ABBREVIATION.test(cut.text) ? start : undefined;
    if (cut && open === undefined) sentences.push(cut);
  }
  return sentences;
}

function trimmed(text: string, start: number, end: number): Sentence | undefined {
  const whole = text.slice(start, end);
  const inner = whole.trim();
  if (inner === '') return undefined;
  const at = start + whole.indexOf(inner);
  return { text: inner, start: at, end: at + inner.length };
}
