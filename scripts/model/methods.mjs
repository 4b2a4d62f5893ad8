// What the evaluation compares: each gives the scores of a question over all documents.

const K1 = 1.2;
const B = 0.75;

const unit = (vector) => {
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return norm > 0 ? vector.map((value) => value / norm) : vector;
};

export function dot(a, b) {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

/** Keeps what was indexed and asked: the fused methods ask both of theirs the same again. */
function remembered(index) {
  const searches = new Map();
  return (documents) => {
    if (!searches.has(documents)) {
      const search = index(documents);
      const answers = new Map();
      searches.set(documents, (question) => {
        if (!answers.has(question)) answers.set(question, search(question));
        return answers.get(question).slice();
      });
    }
    return searches.get(documents);
  };
}

/** A method by an embedding of texts; texts without words are like nothing. */
export function byVectors(name, about, embed) {
  const vectorOf = (text) => embed(text) ?? new Float32Array(384);
  return {
    name,
    about,
    vectorOf,
    index: remembered((documents) => {
      const vectors = documents.map(vectorOf);
      return (question) => {
        const vector = vectorOf(question);
        return Float64Array.from(vectors, (other) => dot(vector, other));
      };
    }),
  };
}

/** Words and their 3- to 5-grams hashed into as many places as the model has dimensions: what needs no training. */
export function hashedMethod({ tokensOf, gramBuckets }, dimensions = 384) {
  return byVectors('hashed words + n-grams', `${dimensions}`, (text) => {
    const vector = new Float32Array(dimensions);
    for (const token of tokensOf(text)) {
      const buckets = gramBuckets(token, dimensions * 2);
      for (const bucket of buckets) vector[bucket >> 1] += (bucket & 1 ? 1 : -1) / Math.sqrt(buckets.length);
    }
    return unit(vector);
  });
}

/** The rows of a checkpoint as they are, with every word. */
export function checkpointMethod({ state, rows }, { tokensOf, gramBuckets }) {
  const { dimensions, buckets, words } = state;
  const wordRows = new Map(words.map((word, row) => [word, row]));
  return byVectors('static model, 32 bit, all words', `${dimensions}, ${words.length} words`, (text) => {
    const sum = new Float32Array(dimensions);
    const add = (row, weight) => {
      for (let k = 0; k < dimensions; k++) sum[k] += weight * rows[row * dimensions + k];
    };
    for (const token of tokensOf(text)) {
      const row = wordRows.get(token);
      if (row !== undefined) {
        add(row, 1);
        continue;
      }
      const grams = gramBuckets(token, buckets);
      for (const gram of grams) add(words.length + gram, 1 / grams.length);
    }
    return unit(sum);
  });
}

/** Okapi BM25 over words as they are. */
export function bm25Method({ tokensOf }) {
  return {
    name: 'BM25 (sparse)',
    about: '–',
    index: remembered((documents) => {
      const texts = documents.map(tokensOf);
      const postings = new Map();
      for (const [at, tokens] of texts.entries()) {
        for (const token of tokens) {
          const list = postings.get(token) ?? new Map();
          list.set(at, (list.get(at) ?? 0) + 1);
          postings.set(token, list);
        }
      }
      const mean = texts.reduce((sum, tokens) => sum + tokens.length, 0) / texts.length;
      return (question) => {
        const scores = new Float64Array(documents.length);
        for (const token of new Set(tokensOf(question))) {
          const list = postings.get(token);
          if (!list) continue;
          const idf = Math.log(1 + (documents.length - list.size + 0.5) / (list.size + 0.5));
          for (const [at, count] of list) {
            const length = 1 - B + (B * texts[at].length) / mean;
            scores[at] += (idf * count * (K1 + 1)) / (count + K1 * length);
          }
        }
        return scores;
      };
    }),
  };
}

/** Both, each by its best score of the question: `share` of the vectors, the rest of BM25. */
export function fusedMethod(sparse, dense, share) {
  return {
    name: `BM25 and static model, λ = ${share}`,
    about: '',
    index(documents) {
      const [one, other] = [sparse.index(documents), dense.index(documents)];
      const normal = (scores) => {
        const most = scores.reduce((a, b) => Math.max(a, b), 1e-9);
        return scores.map((score) => score / most);
      };
      return (question) => {
        const [words, vectors] = [normal(one(question)), normal(other(question))];
        return words.map((score, at) => (1 - share) * score + share * vectors[at]);
      };
    },
  };
}
