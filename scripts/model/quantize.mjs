// Rows of 32-bit numbers as 4-bit ones with a scale each: 0 to 15 stand for -7.5 to 7.5 times the scale.
const MIDDLE = 7.5;
/** Shares of the largest number in a row that the scale may be made for; what lies beyond is cut. */
const CLIPS = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4];

const levelOf = (value, scale) => Math.max(0, Math.min(15, Math.round(value / scale + MIDDLE)));

function errorOf(row, scale) {
  let error = 0;
  for (const value of row) error += (value - (levelOf(value, scale) - MIDDLE) * scale) ** 2;
  return error;
}

function bestScale(row) {
  const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
  const scales = CLIPS.map((clip) => (clip * largest) / MIDDLE);
  return scales.reduce((best, scale) => (errorOf(row, scale) < errorOf(row, best) ? scale : best));
}

/** `{ scales, nibbles }` of the rows given by number. */
export function quantize(rows, dimensions, chosen) {
  const scales = new Float32Array(chosen.length);
  const nibbles = new Uint8Array((chosen.length * dimensions) / 2);
  for (const [at, which] of chosen.entries()) {
    const row = rows.subarray(which * dimensions, (which + 1) * dimensions);
    scales[at] = bestScale(row);
    for (let k = 0; k < dimensions; k += 2) {
      nibbles[(at * dimensions + k) / 2] = levelOf(row[k], scales[at]) | (levelOf(row[k + 1], scales[at]) << 4);
    }
  }
  return { scales, nibbles };
}
