import type { GoodCall } from './rows.ts';
import type { World } from './world.ts';

const key = { api_key: 'cfy_0123456789abcdefghijkl', cloud_fallback: false };

/** The team has a key when the call comes. */
const withKey = async ({ gateway }: World): Promise<GoodCall> => {
  await gateway.gateway.rooms.cloud.accounts.set(gateway.owner.teamId, key);
  return { ok: 200 };
};

/** The good calls of the routes about ComfyUI Cloud. */
export const cloudRows = {
  setComfyCloudKey: (): GoodCall => ({ json: key, ok: 200 }),
  getComfyCloudKeyStatus: withKey,
  removeComfyCloudKey: withKey,
};
