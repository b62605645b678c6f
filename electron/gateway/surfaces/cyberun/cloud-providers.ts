import { cloudKeyStatus, setCloudKeyRequest } from '#shared/wire/cloud.ts';
import { successReply } from '#shared/wire/common.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import type { Rooms } from '../../rooms.ts';
import { describe } from './route.ts';

const tag = 'cloudprovider';
const url = '/cloud-providers/comfy-cloud';

/** The team's key for ComfyUI Cloud (Cyberun spec 3.15). */
export function cloudProviderRoutes(app: App, { identity, cloud }: Rooms): void {
  app.put(
    url,
    {
      onRequest: permit(identity, 'setComfyCloudKey'),
      schema: describe(
        { tag, id: 'setComfyCloudKey', summary: 'Set ComfyUI Cloud API key' },
        { body: setCloudKeyRequest },
        { 200: cloudKeyStatus },
      ),
    },
    async (request) => {
      const { teamId } = callerOf(request);
      const status = await cloud.accounts.set(teamId, request.body);
      cloud.runs.look(teamId);
      return status;
    },
  );

  app.get(
    url,
    {
      onRequest: permit(identity, 'getComfyCloudKeyStatus'),
      schema: describe(
        { tag, id: 'getComfyCloudKeyStatus', summary: 'Get ComfyUI Cloud credential status', errors: [404] },
        {},
        { 200: cloudKeyStatus },
      ),
    },
    (request) => cloud.accounts.status(callerOf(request).teamId),
  );

  app.delete(
    url,
    {
      onRequest: permit(identity, 'removeComfyCloudKey'),
      schema: describe(
        {
          tag,
          id: 'removeComfyCloudKey',
          summary: 'Remove ComfyUI Cloud API key',
          description: 'What runs there goes on; what waits for it waits until there is a key again.',
          ours: true,
          errors: [404],
        },
        {},
        { 200: successReply },
      ),
    },
    async (request) => {
      await cloud.accounts.remove(callerOf(request).teamId);
      return { is_success: true as const };
    },
  );
}
