/** Characters after which the next item begins a new piece. */
const PIECE = 1024 ** 2;
/** A list's name or the beginning of an item, at the left edge: nothing inside an item may stand there. */
const MARK = /^(?:(entries|relationships):[ \t]*\r?$|- )/gm;

/**
 * Cuts a catalog in YAML between its items into catalogs that are read one after the other, so that a large export costs
 * no more memory than a small one. What is not written as two lists of items stays in one piece.
 */
export function* yamlPieces(text: string, longest = PIECE): Generator<string> {
  let start = 0;
  let list: string | undefined;
  let heading = '';
  for (const mark of text.matchAll(MARK)) {
    if (mark[1] !== undefined) list = mark[1];
    else if (list !== undefined && mark.index - start >= longest) {
      yield heading + text.slice(start, mark.index);
      start = mark.index;
      heading = `${list}:\n`;
    }
  }
  yield heading + text.slice(start);
}
