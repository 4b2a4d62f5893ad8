import type { Mention } from './mention.js';

/** SPDX ids as such: letters that are no word, so they need no context. */
const IDS =
  `0BSD AFL-3.0 AGPL-3.0-only AGPL-3.0-or-later AGPL-3.0 Apache-1.1 Apache-2.0 Artistic-1.0 Artistic-2.0 BSD-2-Clause BSD-3-Clause
  BSD-4-Clause BSL-1.0 BUSL-1.1 CC-BY-3.0 CC-BY-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC-BY-NC-4.0 CC-BY-ND-4.0 CC0-1.0 CDDL-1.0 CDDL-1.1
  CECILL-2.1 ECL-2.0 EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2 GFDL-1.3 GPL-1.0 GPL-2.0 GPL-2.0-only GPL-2.0-or-later GPL-3.0 GPL-3.0-only
  GPL-3.0-or-later LGPL-2.0 LGPL-2.1 LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0 LGPL-3.0-only LGPL-3.0-or-later LPPL-1.3c MIT-0 MPL-1.1
  MPL-2.0 MS-PL MulanPSL-2.0 NCSA ODbL-1.0 OFL-1.1 OSL-3.0 PostgreSQL-License PSF-2.0 Python-2.0 SSPL-1.0 UPL-1.0 Unlicense Vim W3C
  WTFPL X11 ZPL-2.1 Zlib`.split(/\s+/);

const known = new Map(IDS.map((id) => [id.toLowerCase(), id]));
/** In a text these are other things as well: words, or the names of programs. */
const AMBIGUOUS = new Set(['NCSA', 'PostgreSQL-License', 'Vim', 'W3C', 'X11', 'Zlib', 'Unlicense']);

type Naming = readonly [pattern: RegExp, id: (match: RegExpMatchArray) => string | undefined];

const later = (text: string | undefined): string => (text ? '-or-later' : '-only');
const versioned = (name: string, version: string, orLater: string | undefined): string | undefined => {
  const id = `${name.toUpperCase()}-${version.includes('.') ? version : `${version}.0`}${later(orLater)}`;
  return known.get(id.toLowerCase());
};
const OR_LATER = String.raw`(\+|\s{0,3}(?:,?\s{0,3}or\s{1,3}(?:\(at your option\)\s{1,3})?(?:any\s{1,3})?later(?:\s{1,3}versions?)?))?`;
const LICENSE = String.raw`(?:\s{1,3}(?:software\s{1,3}|public\s{1,3})?licen[cs]e)?`;

/** How people write them; white space is bounded, for a long run of it must cost no more than its length. */
const NAMINGS: readonly Naming[] = [
  [new RegExp(String.raw`\b(A?L?GPL)\s{0,3}[-_]?\s{0,3}(?:v|version\s{1,3})?\s{0,3}([123](?:\.[01])?)${OR_LATER}(?![\w.]*\d)`, 'gi'), ([, name, version, orLater]) => versioned(name, version, orLater)],
  [new RegExp(String.raw`\bGNU\s{1,3}(Affero\s{1,3}|Lesser\s{1,3})?General\s{1,3}Public\s{1,3}Licen[cs]e(?:,?\s{1,3}(?:v|version\s{0,3})?\s{0,3}([123](?:\.[01])?))${OR_LATER}`, 'gi'),
    ([, sort = '', version, orLater]) => versioned(`${sort[0] ?? ''}GPL`, version, orLater)],
  [new RegExp(String.raw`\bApache(?:\s{1,3}Software)?\s{1,3}Licen[cs]e(?:,?\s{0,3}(?:v|version\s{0,3})?\s{0,3}(?:2(?:\.0)?))|\bApache\s{1,3}2(?:\.0)?\b${LICENSE}`, 'gi'), () => 'Apache-2.0'],
  [/\b(?:(?:the\s{1,3})?MIT|Expat)[\s/-]+licen[cs]ed?\b|\blicen[cs]ed?\s{0,3}(?:under|:|is)\s{1,3}(?:the\s{1,3})?MIT\b/gi, () => 'MIT'],
  [/\bISC\s{1,3}licen[cs]ed?\b/gi, () => 'ISC'],
  [new RegExp(String.raw`\b(?:(?:new|modified|revised|simplified)\s{1,3})?BSD[\s-]+([234])[\s-]*clause${LICENSE}|\b([234])[\s-]*clause\s{1,3}BSD${LICENSE}`, 'gi'), ([, one, other]) => `BSD-${one ?? other}-Clause`],
  [new RegExp(String.raw`\b(?:Mozilla\s{1,3}Public\s{1,3}Licen[cs]e|MPL)(?:,?\s{0,3}(?:v|version\s{0,3})?\s{0,3}(?:2(?:\.0)?))`, 'gi'), () => 'MPL-2.0'],
  [/\bEclipse\s{1,3}Public\s{1,3}Licen[cs]e(?:,?\s{0,3}(?:v|version\s{0,3})?\s{0,3}([12])(?:\.0)?)/gi, ([, version]) => `EPL-${version}.0`],
  [/\bBoost\s{1,3}Software\s{1,3}Licen[cs]e\b/gi, () => 'BSL-1.0'],
  [/\bCC\s{1,3}BY(-SA|-NC|-ND)?\s{1,3}([34])\.0\b/gi, ([, sort = '', version]) => known.get(`cc-by${sort}-${version}.0`.toLowerCase())],
  [/\bArtistic\s{1,3}Licen[cs]e(?:,?\s{0,3}(?:v|version\s{0,3})?\s{0,3}([12])(?:\.0)?)/gi, ([, version]) => `Artistic-${version}.0`],
]; // prettier-ignore

const BARE = /(?<![\w.-])[A-Z0-9][A-Z0-9]*(?:[-.][A-Z0-9]+)*\+?(?![\w-])/gi;

/** Licences, as SPDX ids. */
export function licensesIn(text: string): Mention[] {
  const found: Mention[] = [];
  const add = (match: RegExpMatchArray, written: string, value: string | undefined): void => {
    if (value) found.push({ type: 'license', text: written, start: match.index!, end: match.index! + written.length, value });
  }; // prettier-ignore
  for (const match of text.matchAll(BARE)) {
    const id = known.get(match[0].replace(/\+$/, '').toLowerCase());
    if (id && !AMBIGUOUS.has(id)) add(match, match[0], match[0].endsWith('+') ? `${id}-or-later` : id);
  }
  for (const [pattern, idOf] of NAMINGS)
    for (const match of text.matchAll(pattern)) add(match, match[0].trimEnd(), idOf(match));
  return found;
}
