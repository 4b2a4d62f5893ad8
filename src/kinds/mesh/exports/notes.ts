/** What a format has no words for: told beside what it is told in, never left out in silence. */
export class Notes {
  private readonly all = new Set<string>();

  add(route: string, what: string): void {
    this.all.add(`${route}: ${what}`);
  }

  get list(): string[] {
    return [...this.all];
  }

  /** As lines of comments. */
  get comments(): string {
    return this.list.map((note) => `# not expressed: ${note}\n`).join('');
  }
}
