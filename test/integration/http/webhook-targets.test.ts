import { describe, expect, it } from 'vitest';
import { openReceiver, status } from '../../helpers/webhook-receiver.ts';
import { arrived, Hooks } from './webhook-support.ts';

const hooks = new Hooks();

const refusal = (words: RegExp) => ({
  status: 400,
  body: { error_code: 'webhook_target_refused', error_message: expect.stringMatching(words) },
});
describe('targets', () => {
  hooks.names.set('inside.example', ['10.1.2.3']);
  hooks.names.set('both.example', ['93.184.215.14', '::1']);
  hooks.names.set('meta.example', ['169.254.169.254']);
  hooks.names.set('public.example', ['93.184.215.14', '2606:4700::1111']);

  it.each([
    ['http://public.example/', /https only/],
    ['http://127.0.0.1:9/', /https only/],
    ['https://127.0.0.1/', /private network/],
    ['https://2130706433/', /private network/],
    ['https://0x7f.1/', /private network/],
    ['https://0/', /reserved/],
    ['https://[::1]/', /private network/],
    ['https://[::ffff:127.0.0.1]/', /private network/],
    ['https://[64:ff9b::10.0.0.1]/', /private network/],
    ['https://[fd12::1]/', /private network/],
    ['https://[fe80::1]/', /reserved/],
    ['https://192.168.1.10/hook', /private network/],
    ['https://100.64.0.1/', /private network/],
    ['https://169.254.169.254/latest', /reserved/],
    ['https://inside.example/', /private network/],
    ['https://both.example/', /private network/],
    ['https://meta.example/', /reserved/],
    ['https://nowhere.example/', /not found/],
    ['https://ada:pw@public.example/', /user name/],
  ])('%s is refused', async (url, words) => {
    expect(await hooks.create(url)).toMatchObject(refusal(words));
    const id = await hooks.add('https://public.example/');
    expect(await hooks.call('PUT', `/${id}`, { webhook_url: url })).toMatchObject(refusal(words));
  });

  it.each(['ftp://public.example/', 'https://', 'public.example', 'javascript:alert(1)'])(
    '%s is no address at all',
    async (url) => {
      expect(await hooks.create(url)).toMatchObject({
        status: 400,
        body: { error_code: 'validation_failed' },
      });
    },
  );

  it('have 2048 characters at most', async () => {
    const url = `https://public.example/${'x'.repeat(2048)}`;
    expect((await hooks.create(url)).status).toBe(400);
  });

  it('of the own network are for the studio’s owner to allow, reserved ones for nobody', async () => {
    await hooks.allowPrivate();
    for (const url of ['https://inside.example/', 'http://inside.example/', 'http://[::1]:8080/'])
      expect((await hooks.create(url)).status, url).toBe(200);
    for (const url of ['http://meta.example/', 'https://169.254.169.254/', 'http://[fd00:ec2::254]/'])
      expect(await hooks.create(url), url).toMatchObject(refusal(/reserved/));
    // Unencrypted only where it stays in the house.
    expect(await hooks.create('http://public.example/')).toMatchObject(refusal(/Use https/));
  });

  it('are looked at again at each delivery: a name that leads elsewhere by then is not followed', async () => {
    const receiver = await openReceiver();
    const { port } = new URL(receiver.url);
    hooks.names.set('turns.example', ['93.184.215.14']);
    const id = await hooks.add(`https://turns.example:${port}/`);
    hooks.names.set('turns.example', ['127.0.0.1']);
    await hooks.finish();
    expect((await hooks.logAfter(id, 1)).attempts).toMatchObject([
      { status_code: null, error: expect.stringContaining('private network') },
    ]);
    hooks.names.set('turns.example', ['93.184.215.14', '127.0.0.1']);
    await hooks.later(5000);
    expect((await hooks.logAfter(id, 2)).attempts[1]?.error).toContain('private network');
    expect(receiver.received).toEqual([]);
    // The guard, and nothing else, kept it out.
    await hooks.allowPrivate();
    await hooks
      .call('PUT', `/${id}`, { webhook_url: `http://turns.example:${port}/` })
      .then(({ status: is }) => expect(is).toBe(400));
    hooks.names.set('turns.example', ['127.0.0.1']);
    await hooks.call('PUT', `/${id}`, { webhook_url: `http://turns.example:${port}/` });
    await hooks.later(30_000);
    await arrived(receiver, 1);
    expect(receiver.received[0]?.headers.host).toBe(`turns.example:${port}`);
  });

  it('are connected to at the addresses that were checked, whatever the name says a moment later', async () => {
    await hooks.allowPrivate();
    const [checked, other] = [await openReceiver(), await openReceiver()];
    let asked = 0;
    hooks.names.set('fickle.example', ['127.0.0.1']);
    const id = await hooks.add(`http://fickle.example:${new URL(checked.url).port}/`);
    const found = hooks.names.get.bind(hooks.names);
    hooks.names.get = (host) => {
      if (host !== 'fickle.example') return found(host);
      asked += 1;
      return asked === 1 ? ['127.0.0.1'] : ['169.254.169.254'];
    };
    try {
      expect((await hooks.call('POST', `/${id}/test`)).body).toMatchObject({ delivery_status: 'delivered' });
    } finally {
      hooks.names.get = found;
    }
    expect(asked).toBe(1);
    expect([checked.received.length, other.received.length]).toEqual([1, 0]);
  });

  it('that redirect are not followed', async () => {
    await hooks.allowPrivate();
    const [first, second] = [await openReceiver(), await openReceiver()];
    for (const code of [301, 302, 307, 308]) {
      first.answer = status(code, '', { location: second.url });
      const id = await hooks.add(first.url);
      expect((await hooks.call('POST', `/${id}/test`)).body).toMatchObject({
        delivery_status: 'failed',
        error: expect.stringContaining(`${code}, a redirect, which is not followed`),
      });
    }
    expect(second.received).toEqual([]);
  });

  it('are refused as soon as the owner forbids them again', async () => {
    await hooks.allowPrivate();
    const receiver = await openReceiver();
    const id = await hooks.add(receiver.url);
    await hooks.allowPrivate(false);
    await hooks.finish();
    expect((await hooks.logAfter(id, 1)).attempts[0]?.error).toContain('https only');
    expect(receiver.received).toEqual([]);
  });

  it('by https that speak only http are told so', async () => {
    await hooks.allowPrivate();
    const receiver = await openReceiver();
    const id = await hooks.add(receiver.url.replace('http:', 'https:'));
    expect((await hooks.call('POST', `/${id}/test`)).body).toMatchObject({
      error: expect.stringContaining('does not speak https'),
    });
  });
});
