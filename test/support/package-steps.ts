import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Step } from './stored-graph.js';

interface RawPackage {
  name: string;
  depends?: { name: string }[][];
}

/** Who depends on whom in a package index: of each group the first package there is; places in the order of the file. */
export function packageSteps(path: string): { size: number; names: string[]; steps: Step[] } {
  const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n').filter(Boolean);
  const packages = lines.map((line) => JSON.parse(line) as RawPackage);
  const places = new Map(packages.map(({ name }, place) => [name, place]));
  const steps = packages.flatMap(({ depends = [] }, from) =>
    depends.flatMap((group): Step[] => {
      const to = group.map(({ name }) => places.get(name)).find((place) => place !== undefined);
      return to === undefined || to === from ? [] : [[from, to]];
    }),
  );
  return { size: packages.length, names: packages.map(({ name }) => name), steps };
}
