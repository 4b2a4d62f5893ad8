// The three products a step needs, in tiles of 4 × 4 so that each number read is used four times.

/** out[i][j] = a[i] · b[j], for `n` rows of `size` numbers. */
export function dots(a, b, out, n, size) {
  for (let i = 0; i < n; i += 4) {
    for (let j = 0; j < n; j += 4) dotTile(a, b, out, i, j, n, size);
  }
}

function dotTile(a, b, out, i, j, n, size) {
  let a0 = i * size, a1 = a0 + size, a2 = a1 + size, a3 = a2 + size; // prettier-ignore
  let b0 = j * size, b1 = b0 + size, b2 = b1 + size, b3 = b2 + size; // prettier-ignore
  let s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0; // prettier-ignore
  let s20 = 0, s21 = 0, s22 = 0, s23 = 0, s30 = 0, s31 = 0, s32 = 0, s33 = 0; // prettier-ignore
  for (let k = 0; k < size; k++) {
    const p0 = a[a0++], p1 = a[a1++], p2 = a[a2++], p3 = a[a3++]; // prettier-ignore
    const q0 = b[b0++], q1 = b[b1++], q2 = b[b2++], q3 = b[b3++]; // prettier-ignore
    s00 += p0 * q0;
    s01 += p0 * q1;
    s02 += p0 * q2;
    s03 += p0 * q3; // prettier-ignore
    s10 += p1 * q0;
    s11 += p1 * q1;
    s12 += p1 * q2;
    s13 += p1 * q3; // prettier-ignore
    s20 += p2 * q0;
    s21 += p2 * q1;
    s22 += p2 * q2;
    s23 += p2 * q3; // prettier-ignore
    s30 += p3 * q0;
    s31 += p3 * q1;
    s32 += p3 * q2;
    s33 += p3 * q3; // prettier-ignore
  }
  let at = i * n + j;
  out[at] = s00;
  out[at + 1] = s01;
  out[at + 2] = s02;
  out[at + 3] = s03;
  at += n; // prettier-ignore
  out[at] = s10;
  out[at + 1] = s11;
  out[at + 2] = s12;
  out[at + 3] = s13;
  at += n; // prettier-ignore
  out[at] = s20;
  out[at + 1] = s21;
  out[at + 2] = s22;
  out[at + 3] = s23;
  at += n; // prettier-ignore
  out[at] = s30;
  out[at + 1] = s31;
  out[at + 2] = s32;
  out[at + 3] = s33; // prettier-ignore
}

/** out[i] = Σ_j g[i][j] · b[j], or with `turned` Σ_j g[j][i] · b[j]. */
export function mix(g, b, out, n, size, turned) {
  const along = turned ? n : 1;
  const across = turned ? 1 : n;
  for (let i = 0; i < n; i += 4) {
    for (let k = 0; k < size; k += 4) mixTile(g, b, out, i, k, n, size, across, along);
  }
}

function mixTile(g, b, out, i, k, n, size, across, along) {
  let g0 = i * across, g1 = g0 + across, g2 = g1 + across, g3 = g2 + across; // prettier-ignore
  let s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0; // prettier-ignore
  let s20 = 0, s21 = 0, s22 = 0, s23 = 0, s30 = 0, s31 = 0, s32 = 0, s33 = 0; // prettier-ignore
  for (let j = 0, at = k; j < n; j++, at += size) {
    const p0 = g[g0], p1 = g[g1], p2 = g[g2], p3 = g[g3]; // prettier-ignore
    const q0 = b[at], q1 = b[at + 1], q2 = b[at + 2], q3 = b[at + 3]; // prettier-ignore
    g0 += along;
    g1 += along;
    g2 += along;
    g3 += along; // prettier-ignore
    s00 += p0 * q0;
    s01 += p0 * q1;
    s02 += p0 * q2;
    s03 += p0 * q3; // prettier-ignore
    s10 += p1 * q0;
    s11 += p1 * q1;
    s12 += p1 * q2;
    s13 += p1 * q3; // prettier-ignore
    s20 += p2 * q0;
    s21 += p2 * q1;
    s22 += p2 * q2;
    s23 += p2 * q3; // prettier-ignore
    s30 += p3 * q0;
    s31 += p3 * q1;
    s32 += p3 * q2;
    s33 += p3 * q3; // prettier-ignore
  }
  let at = i * size + k;
  out[at] = s00;
  out[at + 1] = s01;
  out[at + 2] = s02;
  out[at + 3] = s03;
  at += size; // prettier-ignore
  out[at] = s10;
  out[at + 1] = s11;
  out[at + 2] = s12;
  out[at + 3] = s13;
  at += size; // prettier-ignore
  out[at] = s20;
  out[at + 1] = s21;
  out[at + 2] = s22;
  out[at + 3] = s23;
  at += size; // prettier-ignore
  out[at] = s30;
  out[at + 1] = s31;
  out[at + 2] = s32;
  out[at + 3] = s33; // prettier-ignore
}
