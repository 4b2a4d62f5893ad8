import { EnumField, Shown, TextField } from '../../../platform/http/fields.js';
import { OPERATION_STATES } from '../operation.js';

/** OpenAPI's `Operation`. */
export class OperationShown {
  @Shown('0192f7c1-8c1a-7d3e-9b1f-2f6f2d1c0a55', { format: 'uuid' }) id: string;
  @Shown('start') verb: string;
  @Shown('installed') from: string;
  @Shown('running') to: string;
  @Shown(null, { type: 'integer', nullable: true, description: 'Units wanted, of scale.' }) capacity: number | null;
  @Shown('webhook') driver: string;
  @Shown('running', {
    type: String,
    enum: OPERATION_STATES,
    description: '`pending`: not taken up yet; `running`: taken up, its end not known yet.',
  })
  state: string;
  @Shown(null, { type: String, nullable: true, description: 'Why it failed, or what there is to say.' })
  message: string | null;
  @Shown(1, { description: 'How often the driver was asked.' }) attempts: number;
  @Shown('api_key:0192f7c1-8c1a-7d3e-9b1f-2f6f2d1c0a55') requested_by: string;
  @Shown('2026-05-01T12:00:00.000Z', { format: 'date-time' }) created_at: string;
  @Shown('2026-05-01T12:05:00.000Z', { format: 'date-time', description: 'What has not ended by then has failed.' })
  deadline: string;
  @Shown(null, { type: String, format: 'date-time', nullable: true }) ended_at: string | null;
}
Object.defineProperty(OperationShown, 'name', { value: 'Operation' });

export class OperationReport {
  @EnumField(['succeeded', 'failed'], { required: true, example: 'succeeded' })
  status: 'succeeded' | 'failed';

  @TextField({ max: 2000, description: 'Of a failure: why.', example: '2 of 2 replicas are ready' })
  message?: string | null;
}

/** The only answer that ever holds the secret. */
export class DriverSecretMade {
  @Shown('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', { description: 'Shown this once; kept encrypted.' })
  secret: string;
  @Shown(null, {
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Until when calls are signed with the former one as well.',
  })
  former_expires_at: string | null;
}
