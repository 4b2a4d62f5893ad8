// One step of learning: a batch of pairs, each text to be nearer its partner than any other of the batch (InfoNCE, both
// ways), the rows of its words moved by element-wise Adagrad.
import { dots, mix } from './matrix.mjs';

const SCALE = 20;
const DROPPED = 0.1;
const SPELLED = 0.1;
const TINY = 1e-8;
/** Nearly every batch touches nearly every row of n-grams: they move once in so many steps, by the sum. */
const GRAM_STEPS = 4;

/** The texts of one side of a batch: their unit vectors, and the tokens that made them. */
class Side {
  constructor(batch, dims) {
    this.vectors = new Float64Array(batch * dims);
    this.gradient = new Float64Array(batch * dims);
    this.norms = new Float64Array(batch);
    this.parts = Array.from({ length: batch }, () => []);
  }
}

function grown(numbers, length) {
  if (numbers.length >= length) return numbers;
  const larger = new Float64Array(length * 2);
  larger.set(numbers);
  return larger;
}

export class Trainer {
  constructor(rows, squares, dims, batch, table) {
    Object.assign(this, { rows, squares, dims, batch, table });
    this.left = new Side(batch, dims);
    this.right = new Side(batch, dims);
    this.scores = new Float64Array(batch * batch);
    this.pull = new Float64Array(batch * batch);
    this.places = new Int32Array(table.row.length).fill(-1);
    this.tokens = [];
    this.spelled = [];
    this.tokenVectors = new Float64Array(0);
    this.tokenSlopes = new Float64Array(0);
    this.firstGram = rows.length / dims - table.buckets;
    this.gramSlopes = new Float64Array(table.buckets * dims);
    this.gramTouched = new Uint8Array(table.buckets);
    this.steps = 0;
  }

  /** Answers the mean loss of the batch before the step. */
  step(pairs, rate, draw) {
    const { left, right, batch, dims } = this;
    for (let at = 0; at < batch; at++) {
      this.#embed(left, at, pairs[at][0], draw);
      this.#embed(right, at, pairs[at][1], draw);
    }
    dots(left.vectors, right.vectors, this.scores, batch, dims);
    const loss = this.#pulls();
    mix(this.pull, right.vectors, left.gradient, batch, dims, false);
    mix(this.pull, left.vectors, right.gradient, batch, dims, true);
    this.#learn(rate);
    return loss;
  }

  #embed(side, at, tokens, draw) {
    const part = side.parts[at];
    part.length = 0;
    for (const token of tokens) {
      if (tokens.length > 1 && draw() < DROPPED) continue;
      if (this.places[token] < 0) this.#place(token, draw() < SPELLED);
      part.push(this.places[token]);
    }
    this.#sum(side, at, part);
  }

  /** A token's vector for this batch; some known words are spelled by their n-grams, which trains those for unknown ones. */
  #place(token, spell) {
    const { rows, dims, table } = this;
    const place = this.tokens.push(token) - 1;
    this.places[token] = place;
    this.tokenVectors = grown(this.tokenVectors, (place + 1) * dims);
    const vectors = this.tokenVectors;
    const to = place * dims;
    this.spelled[place] = spell || table.row[token] < 0;
    if (!this.spelled[place]) {
      const from = table.row[token] * dims;
      for (let k = 0; k < dims; k++) vectors[to + k] = rows[from + k];
      return;
    }
    const grams = table.grams[token];
    vectors.fill(0, to, to + dims);
    for (const gram of grams) {
      const from = gram * dims;
      for (let k = 0; k < dims; k++) vectors[to + k] += rows[from + k];
    }
    for (let k = 0; k < dims; k++) vectors[to + k] /= grams.length;
  }

  #sum(side, at, part) {
    const { dims, tokenVectors } = this;
    const { vectors } = side;
    const start = at * dims;
    vectors.fill(0, start, start + dims);
    for (const place of part) {
      const from = place * dims;
      for (let k = 0; k < dims; k++) vectors[start + k] += tokenVectors[from + k];
    }
    let square = 0;
    for (let k = start; k < start + dims; k++) square += vectors[k] * vectors[k];
    const norm = Math.sqrt(square) || 1;
    for (let k = start; k < start + dims; k++) vectors[k] /= norm;
    side.norms[at] = norm;
  }

  /** The derivative of the loss by each score; answers the loss. */
  #pulls() {
    const { scores, pull, batch } = this;
    let loss = 0;
    for (let at = 0; at < scores.length; at++) {
      pull[at] = 0;
      scores[at] = Math.exp(SCALE * (scores[at] - 1));
    }
    for (const [along, across] of [
      [1, batch],
      [batch, 1],
    ]) {
      for (let i = 0; i < batch; i++) {
        let sum = 0;
        for (let j = 0; j < batch; j++) sum += scores[i * across + j * along];
        const share = SCALE / 2 / batch / sum;
        for (let j = 0; j < batch; j++) pull[i * across + j * along] += share * scores[i * across + j * along];
        const own = i * across + i * along;
        pull[own] -= SCALE / 2 / batch;
        loss += Math.log(sum / scores[own]) / 2 / batch;
      }
    }
    return loss;
  }

  /** A word that occurs often in a batch moves once, by the sum of what its occurrences ask for. */
  #learn(rate) {
    const { tokens, dims, table, places } = this;
    this.tokenSlopes = grown(this.tokenSlopes, tokens.length * dims);
    this.tokenSlopes.fill(0, 0, tokens.length * dims);
    for (const side of [this.left, this.right]) for (let at = 0; at < this.batch; at++) this.#collect(side, at);
    for (let place = 0; place < tokens.length; place++) {
      if (this.spelled[place]) this.#pass(place, table.grams[tokens[place]]);
      else this.#move(table.row[tokens[place]], this.tokenSlopes, place * dims, rate);
      places[tokens[place]] = -1;
    }
    tokens.length = 0;
    this.steps++;
    if (this.steps % GRAM_STEPS === 0) this.#moveGrams(rate);
  }

  #collect(side, at) {
    const { dims, tokenSlopes } = this;
    const { vectors, gradient } = side;
    const start = at * dims;
    let along = 0;
    for (let k = start; k < start + dims; k++) along += vectors[k] * gradient[k];
    for (let k = start; k < start + dims; k++) gradient[k] = (gradient[k] - along * vectors[k]) / side.norms[at];
    for (const place of side.parts[at]) {
      const to = place * dims;
      for (let k = 0; k < dims; k++) tokenSlopes[to + k] += gradient[start + k];
    }
  }

  /** What a spelled token asks for goes to its n-grams in equal parts. */
  #pass(place, grams) {
    const { dims, firstGram, gramSlopes, tokenSlopes } = this;
    const from = place * dims;
    for (const gram of grams) {
      const to = (gram - firstGram) * dims;
      this.gramTouched[gram - firstGram] = 1;
      for (let k = 0; k < dims; k++) gramSlopes[to + k] += tokenSlopes[from + k] / grams.length;
    }
  }

  #moveGrams(rate) {
    for (let bucket = 0; bucket < this.gramTouched.length; bucket++) {
      if (this.gramTouched[bucket]) this.#move(this.firstGram + bucket, this.gramSlopes, bucket * this.dims, rate);
    }
    this.gramTouched.fill(0);
    this.gramSlopes.fill(0);
  }

  #move(row, slopes, start, rate) {
    const { dims, rows, squares } = this;
    for (let k = row * dims, s = start, end = k + dims; k < end; k++, s++) {
      const slope = slopes[s];
      const square = squares[k] + slope * slope;
      squares[k] = square;
      rows[k] -= (rate * slope) / (Math.sqrt(square) + TINY);
    }
  }
}
