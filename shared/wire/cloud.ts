import { z } from 'zod';
import { timestamp } from './common.ts';

/** PUT /cloud-providers/comfy-cloud (Cyberun spec 3.15). */
export const setCloudKeyRequest = z
  .object({
    api_key: z
      .string()
      .trim()
      .min(1)
      .max(512)
      .regex(/^[\x21-\x7e]+$/, 'a key is one word of letters, digits and signs')
      .meta({ description: 'From the account at comfy.org. Stored encrypted, never given out again.' }),
    cloud_fallback: z.boolean().default(false).meta({
      description:
        'Tasks that are meant for agents go to ComfyUI Cloud when no agent is there that could run them. They cost credits.',
    }),
  })
  .meta({ id: 'SetCloudKeyRequest' });
export type SetCloudKeyRequest = z.output<typeof setCloudKeyRequest>;

/** What is told of a team's key. */
export const cloudKeyStatus = z
  .object({
    provider_name: z.literal('comfy_cloud'),
    credential_status: z
      .enum(['active', 'revoked'])
      .meta({ description: '`revoked`: the cloud has refused the key; enter another.' }),
    cloud_fallback: z.boolean(),
    created_at: timestamp,
    updated_at: timestamp,
    key_preview: z.string().meta({ examples: ['cfy_1234...9xyz'] }),
  })
  .meta({ id: 'CloudKeyStatus' });
export type CloudKeyStatus = z.infer<typeof cloudKeyStatus>;
