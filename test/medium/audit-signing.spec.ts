import { AuditCheckpoints, NoSigningKeyError } from '../../src/gateway/audit/audit-checkpoints.js';
import { AuditSealer } from '../../src/gateway/audit/audit-sealer.js';
import { AuditVerifier } from '../../src/gateway/audit/audit-verifier.js';
import type { Verification } from '../../src/gateway/audit/audit-verifier.js';
import { AuditTrail } from '../../src/platform/audit/audit-trail.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

const MASTER_KEY = { REGISTRY_MASTER_KEY: Buffer.alloc(32, 9).toString('base64') };

describe('a trail that was signed', () => {
  let place: TestPlace;
  let service: TestApp;

  beforeAll(async () => {
    place = await testPlace();
  });
  afterEach(() => service.close());
  afterAll(() => place.drop());

  const start = async (env: Record<string, string>): Promise<void> => {
    service = await testApp({ place, env });
    await service.app.get(AuditTrail).record({ action: 'test.start' });
  };
  const verified = (): Promise<Verification> => service.app.get(AuditVerifier).verify({ fromSeq: 1 });
  const seal = (): Promise<number> => service.app.get(AuditSealer).sealDue();
  const sealAll = async (): Promise<void> => {
    const sealer = service.app.get(AuditSealer);
    for (let i = 0; i < 200 && ((await sealer.sealDue()) > 0 || sealer.waitingSeconds() > 0); i++);
  };
  let signed: Verification;

  it('is signed from the first start with a master key', async () => {
    await start(MASTER_KEY);
    await sealAll();
    signed = await verified();
    expect(signed).toMatchObject({ intact: true, unsealed: { rows: 0 } });
  });

  it('is not gone on with by a process that has no master key: its rows wait, and none is lost', async () => {
    await start({});
    expect(await service.app.get(AuditCheckpoints).available()).toBe(false);
    await expect(seal()).rejects.toBeInstanceOf(NoSigningKeyError);
    const { head, unsealed } = await verified();
    expect(head).toEqual(signed.head);
    expect(unsealed.rows).toBeGreaterThan(0);
  });

  it('is not gone on with by one that has another master key', async () => {
    await start({ REGISTRY_MASTER_KEY: Buffer.alloc(32, 10).toString('base64') });
    await expect(seal()).rejects.toBeInstanceOf(NoSigningKeyError);
    expect((await verified()).head).toEqual(signed.head);
  });

  it('goes on where it ended when the master key is there again', async () => {
    await start(MASTER_KEY);
    await sealAll();
    const now = await verified();
    expect(now).toMatchObject({ intact: true, unsealed: { rows: 0 } });
    expect(now.head.seq).toBeGreaterThan(signed.head.seq);
  });
});
