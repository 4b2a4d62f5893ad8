/** A browser's `EventSource`, as much of it as OpenFeature's web provider needs: by fetch, coming back with the last id. */
export class FetchedEventSource extends EventTarget {
  /** What the present test has open. */
  static readonly open = new Set<FetchedEventSource>();
  readyState = 0;
  private readonly control = new AbortController();
  private lastId = '';
  private retryMs = 1000;

  constructor(readonly url: string) {
    super();
    FetchedEventSource.open.add(this);
    void this.run();
  }

  close(): void {
    this.readyState = 2;
    FetchedEventSource.open.delete(this);
    this.control.abort();
  }

  private async run(): Promise<void> {
    while (this.readyState !== 2) {
      try {
        await this.connect();
      } catch {
        // A broken connection is come back to, as in a browser.
      }
      if (this.readyState === 2) return;
      this.readyState = 0;
      this.dispatchEvent(new Event('error'));
      await new Promise((resolve) => setTimeout(resolve, this.retryMs));
    }
  }

  private async connect(): Promise<void> {
    const headers = this.lastId ? { 'Last-Event-ID': this.lastId } : undefined;
    const response = await fetch(this.url, { headers, signal: this.control.signal });
    if (response.status !== 200 || !response.body) {
      this.close();
      this.dispatchEvent(new Event('error'));
      return;
    }
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) this.take(block);
    }
  }

  private take(block: string): void {
    let [type, data] = ['message', ''];
    for (const line of block.split('\n')) {
      const [, field, value] = /^(\w*):? ?(.*)$/.exec(line) ?? [];
      if (field === 'id') this.lastId = value;
      else if (field === 'event') type = value;
      else if (field === 'data') data = value;
      else if (field === 'retry') this.retryMs = Number(value);
    }
    if (data) this.dispatchEvent(new MessageEvent(type, { data, lastEventId: this.lastId }));
  }
}
