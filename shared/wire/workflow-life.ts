import { z } from 'zod';
import { pageMeta, paginationQuery, timestamp, toolType, uuid } from './common.ts';
import { parameterDef } from './workflows.ts';

const note = z.string().trim().max(500);

const snapshotFields = {
  id: uuid,
  workflow_id: uuid,
  workflow_version: z.int(),
  created_at: timestamp,
  snapshot_note: note.optional(),
  tool_type: toolType,
  display_name: z.string().meta({ description: 'Ours: the name that this version had.' }),
  is_current: z.boolean().meta({ description: 'Ours: new runs use this one.' }),
  saved_by: z.string().nullable().meta({ description: 'Ours: the name of who saved it, as far as known.' }),
};

/** GET /workflows/{id}/snapshots (ours): a row of the history. */
export const snapshotItem = z.object(snapshotFields).meta({ id: 'WorkflowSnapshotItem' });
export type SnapshotItem = z.infer<typeof snapshotItem>;

export const snapshotListQuery = paginationQuery.extend({
  per_page: z.coerce.number().int().min(1).max(100).default(50).meta({ description: 'Items to a page.' }),
});

export const snapshotList = z
  .object({ snapshot_list: z.array(snapshotItem), page_meta: pageMeta })
  .meta({ id: 'WorkflowSnapshotList' });

/** GET /workflows/{id}/snapshots/{snapshotId} (spec 3.8). `workflow_json` is left out for key callers. */
export const snapshotDetail = z
  .object({
    ...snapshotFields,
    workflow_json: z.record(z.string(), z.unknown()).optional(),
    workflow_params: z.array(parameterDef),
    description: z.string().meta({ description: 'Ours, as all that follows.' }),
    required_labels: z.array(z.string()),
    required_models: z.array(z.string()),
    task_timeout: z.int(),
    max_retries: z.int(),
    preferred_gpu: z.string(),
    min_vram_gb: z.int(),
  })
  .meta({ id: 'WorkflowSnapshot' });
export type SnapshotDetail = z.infer<typeof snapshotDetail>;

export const snapshotNoteRequest = z
  .object({ snapshot_note: note.meta({ description: 'Empty takes it away.' }) })
  .meta({ id: 'SnapshotNote' });

/** More than a form can hold. */
const largestPreset = 64 * 1024;

const presetName = z.string().trim().min(1).max(100);
const presetValues = z
  .record(z.string().max(100), z.unknown())
  .refine(
    (values) => JSON.stringify(values).length <= largestPreset,
    'these values are too large for a preset',
  )
  .meta({
    description: 'By the keys of the parameters.',
    examples: [{ prompt: 'sunset over ocean', width: 1024 }],
  });

export const createPresetRequest = z
  .object({
    preset_name: presetName,
    values: presetValues,
    is_shared: z.boolean().default(false).meta({ description: 'Seen by the whole team.' }),
  })
  .meta({ id: 'CreatePreset' });
export type CreatePresetRequest = z.infer<typeof createPresetRequest>;

export const updatePresetRequest = z
  .object({ preset_name: presetName, values: presetValues, is_shared: z.boolean() })
  .partial()
  .meta({ id: 'UpdatePreset' });
export type UpdatePresetRequest = z.infer<typeof updatePresetRequest>;

export const preset = z
  .object({
    id: uuid,
    preset_name: z.string(),
    values: z.record(z.string(), z.unknown()),
    is_shared: z.boolean(),
    is_mine: z.boolean(),
    made_by: z.string(),
    updated_at: timestamp,
  })
  .meta({ id: 'Preset' });
export type Preset = z.infer<typeof preset>;

export const presetList = z.object({ preset_list: z.array(preset) }).meta({ id: 'PresetList' });

/** GET /workflows/{id}/estimate (ours): how long a run takes, as past runs say. */
export const workflowEstimate = z
  .object({
    run_count: z.int().meta({ description: 'Finished runs that it is taken from: the newest, at most 50.' }),
    median_ms: z.int().nullable().meta({ description: 'From start to end; null before the first.' }),
    slowest_ms: z.int().nullable(),
  })
  .meta({ id: 'WorkflowEstimate' });
