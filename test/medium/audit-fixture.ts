import { AuditNotes } from '../../src/platform/audit/audit-notes.js';
import { RefusedCredentials } from '../../src/gateway/audit/refused-credentials.js';
import type { Answer } from '../support/api-client.js';
import { testPlace } from '../support/database.js';
import { gatewayApp } from './gateway-app.js';
import type { CallOptions, GatewayApp } from './gateway-app.js';

/** A row of the trail as it is stored. */
export interface AuditRow {
  id: string;
  at: Date;
  actor: string;
  actor_type: string;
  actor_name: string | null;
  credential: string | null;
  address: string | null;
  request_id: string | null;
  action: string;
  outcome: string;
  subject_type: string | null;
  subject_id: string | null;
  subject_key: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  details: Record<string, unknown> | null;
}

/** An application whose trail is looked at. */
export interface AuditApp {
  app: GatewayApp;
  adminId: string;
  /** As `app.call`, without the first part of the path; throws when it is refused. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** The rows written since the last look; refusals are not waited for, unless only what is due is asked for. */
  written(pattern?: RegExp, all?: boolean): Promise<AuditRow[]>;
  close(): Promise<void>;
}

export const BY_ADMIN = {
  actor_type: 'admin_key',
  actor_name: expect.any(String),
  credential: 'key',
  outcome: 'success',
};

export async function auditApp(): Promise<AuditApp> {
  const place = await testPlace();
  const env = {
    REGISTRY_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    RATE_LIMIT_DEFAULT: 'off',
    AUTH_FAILURE_LIMIT: '1000/m',
  };
  const app = await gatewayApp(place, { env });
  let last = '0';
  return {
    app,
    adminId: (await app.call('GET', '/api/v1/gateway/whoami')).body.id,
    call: async (method, path, options = {}) => {
      const answer = await app.call(method, `/api/v1${path}`, options);
      if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
      return answer;
    },
    written: async (pattern = /./, all = true) => {
      await app.app.get(RefusedCredentials).explain();
      await app.app.get(AuditNotes).flush(all);
      const rows = await app.uow.query<AuditRow & object>('SELECT * FROM audit WHERE id > $1 ORDER BY id', [last]);
      last = rows.at(-1)?.id ?? last;
      return rows.filter(({ action }) => pattern.test(action));
    },
    close: async () => {
      await app.close();
      await place.drop();
    },
  };
}
