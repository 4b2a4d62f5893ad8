import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { draftOf } from '../../../entries/entry-draft.js';
import { keyOf } from '../../../entries/entry-key.js';
import type { EntryRow } from '../../../entries/entry-response.js';
import { KindCatalog } from '../../../entries/kind/kind-catalog.js';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { bodyOf } from '../../../entries/kind/kind-view.js';
import { ConflictError, InvalidError, RegistryError } from '../../../platform/errors/registry-error.js';
import { decodeUtf8 } from '../../../platform/http/body-reader.js';
import { OutboundHttp } from '../../../platform/http-client/outbound-http.js';
import { isManifest, manifestOf, pluginBody } from '../manifest/manifest.js';
import { manifestFromYaml, yamlPieces } from '../manifest/manifest-text.js';
import { pluginKind } from '../plugin.kind.js';
import { DISCOVERY_OUTCOMES } from './discovery.dto.js';
import type { DiscoveredPlugin, DiscoveryReport } from './discovery.dto.js';

const MOST_DOCUMENTS = 200;
const TOGETHER = 4;
const FETCH = {
  redirects: 3,
  totalMs: 15_000,
  headers: { accept: 'application/yaml, application/json;q=0.9, */*;q=0.1' },
};

/** A text with manifests, or why there is none. */
type Source = { source: string } & ({ text: string } | { error: RegistryError });
type Outcome = Omit<DiscoveredPlugin, 'source' | 'document'>;

/** Registers what manifests say there is. Each stands for itself: one that is wrong keeps no other back. */
@Injectable()
export class PluginDiscovery {
  constructor(
    private readonly entries: KindEntriesService,
    private readonly catalog: KindCatalog,
    private readonly http: OutboundHttp,
  ) {}

  /** @throws InvalidError when there are too many documents, or none */
  fromText(text: string): Promise<DiscoveryReport> {
    if (yamlPieces(text).length === 0) throw InvalidError.field('body', 'holds no YAML document');
    return this.take([{ source: 'body', text }]);
  }

  /** Fetches first and registers then: no transaction waits for another server. */
  async fromUrls(urls: readonly string[]): Promise<DiscoveryReport> {
    const sources: Source[] = [];
    for (let at = 0; at < urls.length; at += TOGETHER)
      sources.push(
        ...(await Promise.all(urls.slice(at, at + TOGETHER).map((url, i) => this.fetched(url, `urls.${at + i}`)))),
      );
    return this.take(sources);
  }

  private async fetched(url: string, field: string): Promise<Source> {
    try {
      const { status, body } = await this.http.send(url, FETCH);
      if (status !== 200) throw InvalidError.field(field, `answers ${status}, not 200`);
      const text = decodeUtf8(body);
      if (yamlPieces(text).length === 0) throw InvalidError.field(field, 'holds no manifest');
      return { source: url, text };
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      const named =
        error instanceof InvalidError ? error : InvalidError.field(field, `cannot be fetched: ${error.message}`);
      return { source: url, error: named };
    }
  }

  private async take(sources: readonly Source[]): Promise<DiscoveryReport> {
    const documents = sources.reduce((sum, one) => sum + ('text' in one ? yamlPieces(one.text).length : 1), 0);
    if (documents > MOST_DOCUMENTS)
      throw InvalidError.field('body', `leads to ${documents} manifests, more than the limit of ${MOST_DOCUMENTS}`);
    const results: DiscoveredPlugin[] = [];
    for (const one of sources) {
      if ('error' in one) {
        results.push({ source: one.source, document: 0, ...wrong(one.error) });
        continue;
      }
      for (const [document, piece] of yamlPieces(one.text).entries()) {
        results.push({ source: one.source, document, ...(await this.outcomeOf(piece)) });
        // Reading YAML is work; others get their turn in between.
        await setImmediate();
      }
    }
    const [registered, unchanged, invalid] = DISCOVERY_OUTCOMES.map(
      (outcome) => results.filter((result) => result.outcome === outcome).length,
    );
    return { registered, unchanged, invalid, results };
  }

  private async outcomeOf(text: string): Promise<Outcome> {
    try {
      const manifest = manifestFromYaml(text);
      if (!isManifest(manifest)) throw InvalidError.field('apiVersion', 'is missing: this is no manifest');
      return await this.registered(pluginBody(manifest));
    } catch (error) {
      if (!(error instanceof RegistryError) || error.status >= 500) throw error;
      return wrong(error);
    }
  }

  private async registered(body: object): Promise<Outcome> {
    try {
      const row = await this.entries.register(pluginKind, body);
      return { outcome: 'registered', key: keyOf(row.kind, row.name, row.version), id: row.uid };
    } catch (error) {
      if (!(error instanceof ConflictError) || error.code !== 'entity.already_exists') throw error;
      const key = String(error.extra?.key);
      const present = await this.entries.get(pluginKind, key);
      if (!this.isSame(present, body))
        throw InvalidError.field(
          'metadata.version',
          'is registered already with another manifest; a changed plugin has another version',
          'plugin.version_taken',
        );
      return { outcome: 'unchanged', key, id: present.uid };
    }
  }

  /** What was decided for the plugin since (its feature when it states none, its successor) makes no difference. */
  private isSame(present: EntryRow, body: object): boolean {
    const draft = this.catalog.settle(draftOf(bodyOf(pluginKind, body)));
    const wanted = manifestOf(draft as unknown as EntryRow);
    const there = manifestOf(present);
    const spec = { ...there.spec };
    for (const decided of ['feature', 'successor']) if (!(decided in wanted.spec)) delete spec[decided];
    return isDeepStrictEqual(JSON.parse(JSON.stringify({ ...there, spec })), JSON.parse(JSON.stringify(wanted)));
  }
}

const wrong = ({ message, errors }: RegistryError): Outcome => ({
  outcome: 'invalid',
  detail: message,
  ...(errors && { errors }),
});
