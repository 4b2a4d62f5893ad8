const MOST = 50;

/** Makes names of lower-case letters, digits and hyphens (as of DNS) out of texts, none of them twice. */
export function uniqueNames(): (text: string) => string {
  const taken = new Set<string>();
  return (text) => {
    const plain = dnsName(text);
    let name = plain;
    for (let n = 2; taken.has(name); n++) name = `${plain}-${n}`;
    taken.add(name);
    return name;
  };
}

/** Letters first, for those who want a name to begin so. */
export function dnsName(text: string): string {
  const plain = text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+/, '').slice(0, MOST).replace(/-+$/, ''); // prettier-ignore
  return /^[a-z]/.test(plain) ? plain : `r-${plain || 'route'}`;
}
