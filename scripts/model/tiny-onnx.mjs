// A sentence model small enough to write by hand: a table of word vectors in ONNX format, with the files beside it that
// transformers reads. Numbers of fields are those of onnx.proto.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';

const INT64 = 7;
const FLOAT = 1;

/** A message of fields `[number, value]`: texts and bytes as they are, numbers as varints, lists as messages. */
function message(fields) {
  const writer = protobuf.Writer.create();
  for (const [field, value] of fields) {
    if (typeof value === 'number') writer.uint32(field << 3).int64(value);
    else if (typeof value === 'string') writer.uint32((field << 3) | 2).string(value);
    else writer.uint32((field << 3) | 2).bytes(Array.isArray(value) ? message(value) : value);
  }
  return writer.finish();
}

const dimension = (size) => [1, typeof size === 'number' ? [[1, size]] : [[2, size]]];
const tensor = (name, type, sizes) => [[1, name], [2, [[1, [[1, type], [2, sizes.map(dimension)]]]]]]; // prettier-ignore

/** Input ids looked up in `rows` (a Float32Array of `dimensions` numbers a word). */
function graphOf(rows, dimensions) {
  const words = rows.length / dimensions;
  const table = [[1, words], [1, dimensions], [2, FLOAT], [8, 'table'], [9, new Uint8Array(rows.buffer)]]; // prettier-ignore
  const places = ['batch', 'place'];
  return [
    [1, [[1, 'table'], [1, 'input_ids'], [2, 'last_hidden_state'], [3, 'look-up'], [4, 'Gather']]], // prettier-ignore
    [2, 'tiny'],
    [5, table],
    [11, tensor('input_ids', INT64, places)],
    [11, tensor('attention_mask', INT64, places)],
    [12, tensor('last_hidden_state', FLOAT, [...places, dimensions])],
  ];
}

/** Writes the model with these words to a folder. */
export function writeTinyModel(folder, words, dimensions) {
  const vocabulary = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...words];
  const rows = new Float32Array(vocabulary.length * dimensions);
  // Each word has a direction of its own; the signs that stand for no word have none.
  for (let word = 4; word < vocabulary.length; word++) rows[word * dimensions + word * 7] = 1;
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  const model = message([[1, 8], [7, graphOf(rows, dimensions)], [8, [[1, ''], [2, 13]]]]); // prettier-ignore
  writeFileSync(join(folder, 'onnx', 'model.onnx'), model);
  const json = (name, value) => writeFileSync(join(folder, name), JSON.stringify(value));
  json('config.json', { model_type: 'bert', architectures: ['BertModel'] });
  json('tokenizer_config.json', {
    tokenizer_class: 'BertTokenizer',
    model_max_length: 128,
    pad_token: '[PAD]',
    unk_token: '[UNK]',
  });
  json('tokenizer.json', {
    version: '1.0',
    added_tokens: [],
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
    },
  });
}
