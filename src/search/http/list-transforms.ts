type Given = { value: unknown };

const lower = (value: unknown): unknown => (typeof value === 'string' ? value.trim().toLowerCase() : value);

export const lowerCase = ({ value }: Given): unknown => lower(value);

/** One value stands for a list of it. */
export const oneOrMore = ({ value }: Given): unknown =>
  value === undefined || value === null || Array.isArray(value) ? value : [value];

export const lowerCaseList = (given: Given): unknown => {
  const values = oneOrMore(given);
  return Array.isArray(values) ? values.map(lower) : values;
};

/** `?type=a,b` and `?type=a&type=b` are the same list. */
export const commaList = (given: Given): unknown => {
  const values = oneOrMore(given);
  return Array.isArray(values)
    ? values.flatMap((value: unknown) => (typeof value === 'string' ? value.split(',').map(lower) : [value]))
    : values;
};
