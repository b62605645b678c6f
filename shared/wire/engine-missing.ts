import { z } from 'zod';
import { uuid } from './common.ts';

/** Node packs that workflows need and an engine lacks. Ours entirely. */

const neededBy = z.object({ workflow_id: uuid, display_name: z.string() });

/** A node type that something runs, with what its file says of its pack. */
export const neededNode = z.object({
  type: z.string().max(1000),
  cnr_id: z.string().optional(),
  aux_id: z.string().optional(),
  ver: z.string().optional(),
  needed_by: z.array(neededBy),
});
export type NeededNode = z.infer<typeof neededNode>;

export const missingPacksRequest = z
  .object({
    workflow_ids: z.array(uuid).max(100).optional().meta({ description: 'Of the team.' }),
    workflow: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'One that is not saved, in any form that `inspectWorkflow` takes.' }),
  })
  .meta({ id: 'FindMissingPacks', description: 'With neither, all active workflows of the team.' });
export type MissingPacksRequest = z.input<typeof missingPacksRequest>;

export const missingPack = z
  .object({
    pack: z
      .string()
      .meta({ description: 'Its id in the registry, `owner/name` or its address; empty when nobody knows.' }),
    source: z.string().meta({
      description:
        'What `installNodePack` takes; empty when it can’t be installed so: unknown, there already, or ComfyUI itself.',
    }),
    version: z.string().meta({ description: 'What the file was made with; empty when it does not say.' }),
    known: z.enum(['file', 'index', 'unknown']).meta({
      description: 'Who named it: the workflow, or the index of ComfyUI-Manager on the engine.',
    }),
    of_comfyui: z
      .boolean()
      .meta({ description: 'ComfyUI itself has these nodes; this one is too old for them.' }),
    node_types: z.array(z.string()),
    others: z.array(z.string()).meta({ description: 'Sources of other packs with nodes of these names.' }),
    there: z
      .object({ name: z.string(), enabled: z.boolean(), failed: z.boolean(), error: z.string() })
      .nullable()
      .meta({ description: 'It lies there: disabled, not imported, or without these nodes.' }),
    needed_by: z.array(neededBy),
  })
  .meta({ id: 'MissingPack' });
export type MissingPackItem = z.infer<typeof missingPack>;

export const missingPackList = z
  .object({ missing_list: z.array(missingPack) })
  .meta({ id: 'MissingPackList' });
