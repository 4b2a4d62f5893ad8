const NEWLINE = 0x0a;

/** Lines of JSON, in chunks cut anywhere, as one JSON array; holds no more than a chunk. */
export async function* jsonArray(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.from('[\n');
  let ended = false;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    if (ended) yield Buffer.from(',\n');
    ended = chunk.at(-1) === NEWLINE;
    // Byte for byte: a newline is never part of another character.
    const text = (ended ? chunk.subarray(0, -1) : chunk).toString('latin1');
    yield Buffer.from(text.replaceAll('\n', ',\n'), 'latin1');
  }
  yield Buffer.from('\n]\n');
}
