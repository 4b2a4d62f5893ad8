import { ValidateBy, buildMessage } from 'class-validator';

const MOST_PATHS = 20;
const MOST_STEPS = 16;
const MOST_PATH_LENGTH = 256;
const MOST_VALUE_LENGTH = 1024;

const isPath = (path: string): boolean => {
  const steps = path.split('.');
  return path.length <= MOST_PATH_LENGTH && steps.length <= MOST_STEPS && steps.every((step) => step !== '');
};

const isScalar = (value: unknown): boolean =>
  value === null ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  (typeof value === 'string' && value.length <= MOST_VALUE_LENGTH);

/** True for `{ "a.b": scalar }` of reasonable size. */
export function isMetadataFilter(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const paths = Object.entries(value);
  return paths.length <= MOST_PATHS && paths.every(([path, wanted]) => isPath(path) && isScalar(wanted));
}

export const IsMetadataFilter = (): PropertyDecorator =>
  ValidateBy({
    name: 'isMetadataFilter',
    validator: {
      validate: isMetadataFilter,
      defaultMessage: buildMessage(
        (each) =>
          `${each}$property must hold at most ${MOST_PATHS} dotted paths (each at most ${MOST_PATH_LENGTH} characters ` +
          `and ${MOST_STEPS} steps) with a text, number, boolean or null`,
      ),
    },
  });
