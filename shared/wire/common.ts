import { z } from 'zod';

/** A UUID as the native API writes ids (v7 where we mint them). */
export const uuid = z
  .uuid()
  .meta({ description: 'UUID', examples: ['019abc12-3456-7890-abcd-ef1234567890'] });

/** RFC 3339 in UTC with `Z`. The store keeps integer milliseconds; `toTimestamp` converts at the edge. */
export const timestamp = z.iso.datetime().meta({ examples: ['2026-11-23T08:00:00.000Z'] });

export const toTimestamp = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** Query of every list (spec 1.4). */
export const paginationQuery = z.object({
  current_page: z.coerce
    .number()
    .int()
    .min(1)
    .max(2_147_483_647)
    .default(1)
    .meta({ description: 'Counts from 1.' }),
  per_page: z.coerce.number().int().min(1).max(100).default(20).meta({ description: 'Items to a page.' }),
});
export type Pagination = z.infer<typeof paginationQuery>;

export const pageMeta = z
  .object({
    current_page: z.int().meta({ examples: [1] }),
    per_page: z.int().meta({ examples: [20] }),
    total_count: z.int().meta({ examples: [42] }),
  })
  .meta({ id: 'PageMeta' });

export const idReply = z.object({ id: uuid }).meta({ id: 'IdReply' });
export const successReply = z.object({ is_success: z.literal(true) }).meta({ id: 'SuccessReply' });

/** The error envelope (spec 1.5); code and details are ours. */
export const errorReply = z
  .object({
    error_message: z.string().meta({
      description: 'For people.',
      examples: ['Parameter "width" must be at most 2048 (max); it is 4096.'],
    }),
    error_code: z
      .string()
      .optional()
      .meta({ description: 'For programs; ours.', examples: ['invalid_parameter'] }),
    error_details: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'What it is about; ours.', examples: [{ key: 'width', rule: 'range' }] }),
  })
  .meta({ id: 'ErrorReply' });
export type ErrorReply = z.infer<typeof errorReply>;

export const toolTypes = ['comfyui', 'nerfstudio'] as const;
export const toolType = z.enum(toolTypes).meta({ id: 'ToolType' });
export type ToolType = z.infer<typeof toolType>;

export const dispatchTargets = ['agent', 'comfy_cloud'] as const;
export const dispatchTarget = z.enum(dispatchTargets).meta({ id: 'DispatchTarget' });
export type DispatchTarget = z.infer<typeof dispatchTarget>;

export const targetPools = ['team', 'community'] as const;
export const targetPool = z.enum(targetPools).meta({ id: 'TargetPool' });
export type TargetPool = z.infer<typeof targetPool>;

export const roles = ['viewer', 'member', 'admin', 'owner'] as const;
export const role = z.enum(roles).meta({ id: 'Role' });
export type Role = z.infer<typeof role>;

/** Roles are ordered: each may do all that the ones before it may. */
export const roleAtLeast = (have: Role, need: Role): boolean => roles.indexOf(have) >= roles.indexOf(need);
