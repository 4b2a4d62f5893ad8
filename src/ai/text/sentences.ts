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

/** No abbreviation is longer, with what stands before it. */
const MOST_ABBREVIATED = 12;

const LINE_END = /[\n\r\u0085\u2028\u2029]/g;

/** A step of the segmenter takes as long as its whole text is: it gets one in parts. */
const WINDOW = 4000;

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
  for (const { index, segment } of segmentsOf(oneLine)) {
    const start = open ?? from + index;
    const end = from + index + segment.length;
    // The segmenter takes "e.g. Linux" for two. Only the end is looked at: a text may be nothing but abbreviations.
    open = end < to && ABBREVIATION.test(segment.trimEnd().slice(-MOST_ABBREVIATED)) ? start : undefined;
    const cut = open === undefined ? trimmed(text, start, end) : undefined;
    if (cut) sentences.push(cut);
  }
  return sentences;
}

function* segmentsOf(line: string): Generator<{ index: number; segment: string }> {
  for (let [from, size] = [0, WINDOW]; from < line.length;) {
    const found = [...segmenter.segment(line.slice(from, from + size))];
    // The last one may go on behind the window.
    if (from + size < line.length) found.pop();
    for (const { index, segment } of found) yield { index: from + index, segment };
    const last = found.at(-1);
    from += last ? last.index + last.segment.length : 0;
    size = last ? WINDOW : 2 * size;
  }
}

function trimmed(text: string, start: number, end: number): Sentence | undefined {
  const whole = text.slice(start, end);
  const inner = whole.trim();
  if (inner === '') return undefined;
  const at = start + whole.indexOf(inner);
  return { text: inner, start: at, end: at + inner.length };
}
