import { Credential } from './credential.js';

const jwt = (secondsLeft: number, name = 'a'): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [part({ alg: 'none' }), part({ sub: name, exp: Math.floor(Date.now() / 1000) + secondsLeft }), 's'].join('.');
};
const bearer = (token: string): object => ({ authorization: `Bearer ${token}` });

describe('a credential', () => {
  it('is shown as what it is, and as nothing where there is none', async () => {
    expect(await new Credential({ apiKey: 'ureg_x' }).headers()).toEqual({ 'x-api-key': 'ureg_x' });
    expect(await new Credential({ token: 't' }).headers()).toEqual(bearer('t'));
    expect(await new Credential({}).headers()).toEqual({});
    expect(() => new Credential({ apiKey: 'a', token: 'b' })).toThrow(TypeError);
  });

  it('that is renewed is asked for once by all who wait, and kept until it is about to end', async () => {
    const tokens = [jwt(10), jwt(3600)];
    const source = jest.fn<Promise<string>, [string?]>(() => Promise.resolve(tokens.shift() ?? 'none'));
    const credential = new Credential({ token: source });
    const both = await Promise.all([credential.headers(), credential.headers()]);
    expect(both[0]).toEqual(both[1]);
    expect(source.mock.calls).toEqual([[undefined]]);
    const after = await credential.headers();
    expect(source).toHaveBeenCalledTimes(2);
    expect(source.mock.calls[1]?.[0]).toBe((both[0] as { authorization: string }).authorization.slice(7));
    expect(await credential.headers()).toEqual(after);
    expect(source).toHaveBeenCalledTimes(2);
  });

  it('that was refused is renewed, unless another call has done so meanwhile', async () => {
    let n = 0;
    const credential = new Credential({ token: () => `t${(n += 1)}` });
    const shown = await credential.headers();
    expect(await Promise.all([credential.renewed(shown), credential.renewed(shown)])).toEqual([true, true]);
    expect(await credential.renewed(shown)).toBe(true);
    expect(await credential.headers()).toEqual(bearer('t2'));
  });

  it('that stays the same is not worth another attempt', async () => {
    for (const credential of [new Credential({ token: () => 't' }), new Credential({ token: 't' })])
      expect(await credential.renewed(await credential.headers())).toBe(false);
  });

  it('whose source fails is asked for again by the next call', async () => {
    const answers = [Promise.reject(new Error('down')), Promise.resolve('t')];
    const credential = new Credential({ token: () => answers.shift() ?? '' });
    await expect(credential.headers()).rejects.toThrow('down');
    expect(await credential.headers()).toEqual(bearer('t'));
  });
});
