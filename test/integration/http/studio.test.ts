import { describe, expect, it } from 'vitest';
import { withGateway } from './support.ts';

describe('what the studio says of itself', () => {
  const gateway = withGateway();

  it('names its version, its address and the room that is left', async () => {
    const { status, body } = await gateway.call('GET', '/studio', gateway.keys.jwt);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      version: '0.0.0-test',
      gateway_id: gateway.gateway.rooms.gatewayId,
      addresses: [gateway.url],
      open_to_network: false,
      data_folder: gateway.folder,
      disk: { free: expect.any(Number), total: expect.any(Number) },
    });
  });

  it('tells where its data lie to nobody but its owner', async () => {
    const admin = await gateway.stranger('admin');
    expect((await gateway.call('GET', '/studio', admin.jwt)).body).toMatchObject({ data_folder: null });
  });
});

describe('a studio that is open to the network', () => {
  const gateway = withGateway({ host: '0.0.0.0' });

  it('says so, and under which addresses', async () => {
    const { body } = await gateway.call('GET', '/studio', gateway.keys.jwt);
    expect(body).toMatchObject({
      open_to_network: true,
      addresses: expect.arrayContaining([gateway.url]),
    });
  });
});
