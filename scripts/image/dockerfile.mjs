// Reads a Dockerfile into stages, as much of its language as ours uses; what it does not know stops it.

/** Instructions that say something about the image and do nothing at build time. */
const METADATA = new Set(['LABEL', 'VOLUME', 'EXPOSE', 'STOPSIGNAL', 'HEALTHCHECK', 'CMD']);
const STEPS = new Set(['RUN', 'COPY', 'WORKDIR', 'ENV', 'USER']);

/** `[{ base, name, steps: [{ instruction, value }], metadata: { CMD: '…' } }]` */
export function stagesOf(text) {
  const stages = [];
  for (const line of linesOf(text)) {
    const [, instruction, value] = /^([A-Z]+)\s+(.*)$/s.exec(line) ?? [];
    if (instruction === 'FROM') {
      const [, base, name] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(value);
      stages.push({ base, name, steps: [], metadata: {} });
    } else if (METADATA.has(instruction)) stages.at(-1).metadata[instruction] = value;
    else if (STEPS.has(instruction)) stages.at(-1).steps.push({ instruction, value });
    else throw new Error(`The Dockerfile has an instruction that is not known here: ${line}`);
  }
  return stages;
}

/** Without comments, with continued lines in one. */
function linesOf(text) {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  return lines
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

/** `A=1 B="two words"` as an object. */
export function assignments(value) {
  const found = [...value.matchAll(/(\w+)=(?:"([^"]*)"|(\S*))/g)];
  return Object.fromEntries(found.map(([, name, quoted, plain]) => [name, quoted ?? plain]));
}

/** The options and the paths of a COPY. */
export function copyOf(value) {
  const words = value.split(/\s+/);
  const options = words.filter((word) => word.startsWith('--'));
  const paths = words.filter((word) => !word.startsWith('--'));
  const option = (name) => options.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3);
  const known = options.every((one) => /^--(from|chown)=/.test(one));
  if (!known || paths.length < 2) throw new Error(`This COPY is not understood here: ${value}`);
  return { from: option('from'), chown: option('chown'), sources: paths.slice(0, -1), target: paths.at(-1) };
}

/** Says of a path relative to the context whether a .dockerignore leaves it out: the last line that fits decides. */
export function ignores(text) {
  const rules = linesOf(text).map((line) => {
    const kept = line.startsWith('!');
    return { kept, pattern: patternOf(kept ? line.slice(1) : line) };
  });
  return (path) => {
    let ignored = false;
    for (const { kept, pattern } of rules) if (pattern.test(path)) ignored = !kept;
    return ignored;
  };
}

/** What fits a folder fits all below it. */
function patternOf(glob) {
  const source = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('**/', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '(?:.*/)?');
  return new RegExp(`^${source}(?:/.*)?$`);
}
