import { describe, expect, it } from 'vitest';
import { type Reply, text, withGateway } from './support.ts';

let now = Date.parse('2026-11-23T08:00:00Z');
const gateway = withGateway({ clock: () => now, limits: { triesPerMinute: 1000 } });

const start = () => gateway.call('POST', '/desktop/pair/start', null);
const poll = (device_code: string) =>
  gateway.call('POST', '/desktop/pair/poll', null, { json: { device_code } });
const confirm = (user_code: string, more: Record<string, unknown> = {}, jwt = gateway.keys.jwt) =>
  gateway.call('POST', '/desktop/pair/confirm', jwt, {
    json: { user_code, ...more },
    headers: { 'x-team-id': gateway.owner.teamId },
  });
const codes = (reply: Reply) => [text(reply, 'device_code'), text(reply, 'user_code')] as const;
const works = async (key: string) => (await gateway.call('GET', '/r/tasks', key)).status === 200;
/** An agent key opens the link and nothing else, so it is asked of the room. */
const lives = (key: string) => gateway.gateway.rooms.identity.verifyKey(key) !== undefined;

async function paired(deviceName?: string): Promise<{ device: string; agent: string; reply: Reply }> {
  const [device, code] = codes(await start());
  await confirm(code, deviceName === undefined ? {} : { device_name: deviceName });
  const reply = await poll(device);
  return { device: text(reply, 'raw_key'), agent: text(reply, 'agent_raw_key'), reply };
}

describe('a pairing', () => {
  it('begins with a code for people and a secret for the device', async () => {
    const begun = await start();
    expect(begun).toMatchObject({
      status: 200,
      body: {
        device_code: expect.stringMatching(/^.{40,}$/),
        user_code: expect.stringMatching(/^[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$/),
        expires_in: 300,
        interval: 2,
      },
    });
    const code = text(begun, 'user_code');
    expect(text(begun, 'verification_uri')).toBe(`${gateway.url}/desktop/pair?user_code=${code}`);
    expect(await poll(text(begun, 'device_code'))).toMatchObject({
      status: 200,
      body: { status: 'pending' },
    });
  });

  it('hands out both keys once, after the code was typed as people type', async () => {
    const [device, code] = codes(await start());
    const typed = ` ${code.toLowerCase().replace('-', ' – ')} `;
    expect((await confirm(typed, { device_name: 'Laptop' })).status).toBe(204);
    expect((await confirm(code)).status).toBe(404);
    const both = await Promise.all([poll(device), poll(device)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    const approved = both.find(({ status }) => status === 200)!;
    expect(approved.body).toEqual({
      status: 'approved',
      raw_key: expect.stringMatching(/^dk-/),
      agent_raw_key: expect.stringMatching(/^ak-/),
      team_id: gateway.owner.teamId,
    });
    expect((await poll(device)).status).toBe(404);
    expect(await works(text(approved, 'raw_key'))).toBe(true);
    const listed = await gateway.call('GET', '/credentials', gateway.keys.jwt);
    expect(listed.body).toMatchObject({
      credentials: expect.arrayContaining([
        expect.objectContaining({ kind: 'device', display_name: 'Laptop', user_id: gateway.owner.userId }),
        expect.objectContaining({ kind: 'agent', display_name: 'Laptop' }),
      ]),
    });
  });

  it('names a device that has no name by its day', async () => {
    await paired();
    const listed = await gateway.call('GET', '/credentials?kind=device', gateway.keys.jwt);
    expect(JSON.stringify(listed.body)).toContain('Desktop (paired 2026-11-23)');
  });

  it('is over after 300 seconds, confirmed or not', async () => {
    const [device, code] = codes(await start());
    const [late, lateCode] = codes(await start());
    now += 299_000;
    expect((await confirm(code)).status).toBe(204);
    now += 1000;
    expect((await confirm(lateCode)).status).toBe(404);
    expect((await poll(late)).status).toBe(404);
    expect((await poll(device)).status).toBe(404);
  });

  it('is not for viewers, nor for keys', async () => {
    const viewer = await gateway.stranger('viewer');
    const [device, code] = codes(await start());
    expect((await confirm(code, {}, viewer.jwt)).status).toBe(403);
    expect((await confirm(code, {}, gateway.keys.device)).status).toBe(403);
    expect((await poll(device)).body).toEqual({ status: 'pending' });
  });
});

describe('the keys of a pairing', () => {
  const revokeSelf = (key: string) => gateway.call('POST', '/auth/device/revoke', key);

  it('end together when the device ends itself', async () => {
    const { device, agent } = await paired();
    expect([await works(device), lives(agent)]).toEqual([true, true]);
    expect(await revokeSelf(device)).toMatchObject({ status: 200, body: { is_success: true } });
    expect([await works(device), lives(agent)]).toEqual([false, false]);
    expect((await revokeSelf(device)).status).toBe(401);
  });

  it('end together when an admin revokes the device key', async () => {
    const { device, agent } = await paired('Old tablet');
    const listed = await gateway.call('GET', '/credentials?kind=device&per_page=1', gateway.keys.jwt);
    const [{ id }] = (listed.body as { credentials: [{ id: string }] }).credentials;
    expect((await gateway.call('DELETE', `/credentials/${id}`, gateway.keys.jwt)).status).toBe(204);
    expect([await works(device), lives(agent)]).toEqual([false, false]);
  });

  it('can be ended by the device alone, not by other kinds', async () => {
    for (const key of [gateway.keys.jwt, gateway.keys.integration, gateway.keys.agent]) {
      expect((await revokeSelf(key)).status).toBe(403);
    }
  });
});
