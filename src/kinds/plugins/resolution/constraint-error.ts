/** What is wrong with a written constraint, to stand after the name of its field: `must …`. */
export class ConstraintError extends Error {}

/** Why a text is not what `parse` takes; undefined when it is. */
export function complaint(parse: (text: string) => unknown, text: string): string | undefined {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    if (error instanceof ConstraintError) return error.message;
    throw error;
  }
}
