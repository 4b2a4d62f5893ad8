import { makeWebhookSecret, webhookHeaders } from './webhook-signature.js';

/** The vector that the libraries of Standard Webhooks are tested with. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const MESSAGE = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  at: new Date(1_614_265_330_000),
  body: '{"test": 2432232314}',
};
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

describe('the signature of a webhook', () => {
  it('is that of Standard Webhooks', () => {
    expect(webhookHeaders(MESSAGE, [SECRET])).toEqual({
      'webhook-id': MESSAGE.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': SIGNATURE,
    });
  });

  it('stands once for each secret while one takes the place of another', () => {
    const signatures = webhookHeaders(MESSAGE, [makeWebhookSecret(), SECRET])['webhook-signature'].split(' ');
    expect(signatures).toEqual([expect.stringMatching(/^v1,[\w+/]{43}=$/), SIGNATURE]);
    expect(signatures[0]).not.toBe(SIGNATURE);
  });

  it('is made with a secret of 32 bytes, another one each time', () => {
    expect(makeWebhookSecret()).toMatch(/^whsec_[\w+/]{43}=$/);
    expect(makeWebhookSecret()).not.toBe(makeWebhookSecret());
  });
});
