import { TextField } from '../../platform/http/fields.js';

/** SemVer 2.0.0 as its page has it, with numbers that JavaScript holds exactly. */
const NUMBER = String.raw`(?:0|[1-9]\d{0,14})`;
const WORD = String.raw`(?:${NUMBER}|\d*[A-Za-z-][0-9A-Za-z-]*)`;
const SEMVER = new RegExp(
  String.raw`^${NUMBER}\.${NUMBER}\.${NUMBER}(?:-${WORD}(?:\.${WORD})*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$`,
);
export const SEMVER_RULE = 'must be a SemVer version such as 1.4.0';

export const isSemver = (text: string): boolean => text.length <= 128 && SEMVER.test(text);

/** The version of a kind whose versions are compared. */
export class SemverIdentity {
  @TextField({ max: 128, required: true, pattern: SEMVER, rule: SEMVER_RULE, example: '2.1.0' }) version: string;
}
