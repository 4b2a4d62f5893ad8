// The engine without a database: neighbours are sought by comparing with all.

const K = 15;

/** Items with their vectors, as the service would have them of confirmed entries. */
export function embedAll(items, embed, textOf) {
  return items.map((item) => ({ ...item, vector: embed(textOf(item).slice(0, 800)) })).filter(({ vector }) => vector);
}

export function dot(a, b) {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at];
  return sum;
}

export function nearest(vector, confirmed, k = K) {
  const best = [];
  for (const item of confirmed) {
    const similarity = dot(vector, item.vector);
    if (best.length === k && similarity <= best[k - 1].similarity) continue;
    const at = best.findIndex((one) => one.similarity < similarity);
    best.splice(at < 0 ? best.length : at, 0, { ...item, similarity });
    if (best.length > k) best.pop();
  }
  return best;
}

/** How near a text is to each label: to the nearest of its descriptions. */
export const likenessesTo = (described, embed) => {
  const prototypes = described.map(({ label, descriptions }) => ({ label, vectors: descriptions.map((text) => embed(text)).filter(Boolean) })); // prettier-ignore
  return (vector) =>
    prototypes.map(({ label, vectors }) => ({
      label,
      similarity: Math.max(...vectors.map((one) => dot(vector, one))),
    }));
};

/** Expected calibration error over ten equal bins, and the bins. */
export function reliability(answers) {
  const bins = Array.from({ length: 10 }, () => ({ n: 0, said: 0, right: 0 }));
  for (const { confidence, right } of answers) {
    const bin = bins[Math.min(9, Math.floor(confidence * 10))];
    bin.n++;
    bin.said += confidence;
    bin.right += right ? 1 : 0;
  }
  const error = bins.reduce((sum, { said, right }) => sum + Math.abs(said - right), 0) / answers.length;
  return { error, bins };
}
