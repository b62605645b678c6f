import { z } from 'zod';
import { dispatchTarget, pageMeta, paginationQuery, timestamp, toolType, uuid } from './common.ts';

export const parameterTypes = ['string', 'number', 'boolean', 'select', 'file'] as const;

const key = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\s.][^\s]*$/, 'a key has no spaces and does not start with a dot')
  .refine((text) => text !== '__proto__', 'this key can’t be used in JSON');

/**
 * ParameterDef (Cyberun spec 4.1). `node_id` + `field` name the ComfyUI target, `target_path` the target in other
 * tools. `type` defaults to what the target's current value is when it is left out (the documented example has none).
 */
export const parameterDef = z
  .object({
    key: key.meta({ description: 'Its name in a run’s `parameters`.', examples: ['prompt'] }),
    label: z
      .string()
      .max(255)
      .optional()
      .meta({ examples: ['Positive Prompt'] }),
    type: z.enum(parameterTypes),
    node_id: z
      .string()
      .max(255)
      .optional()
      .meta({ description: 'ComfyUI: the node…', examples: ['6'] }),
    field: z
      .string()
      .max(255)
      .optional()
      .meta({ description: '…and its input.', examples: ['text'] }),
    target_path: z
      .string()
      .max(512)
      .optional()
      .meta({ description: 'Other tools: where in the definition.', examples: ['train.max_num_iterations'] }),
    description: z.string().max(2000).optional(),
    required: z.boolean().optional().meta({ description: 'A run must give a value.' }),
    default: z.unknown().optional().meta({ description: 'Stands in where a run gives none.' }),
    min: z.number().optional(),
    max: z.number().optional(),
    step: z.number().positive().optional().meta({ description: 'Ours: the step of a number on the form.' }),
    multiline: z.boolean().optional().meta({ description: 'Ours: a string that wants a tall field.' }),
    options: z.array(z.string()).max(10_000).optional(),
    accept: z
      .array(z.string().max(255))
      .max(50)
      .optional()
      .meta({ description: 'MIME patterns of a file.', examples: [['image/*']] }),
    source_key: z
      .string()
      .max(100)
      .optional()
      .meta({ description: 'Takes that parameter’s value when it has none.' }),
  })
  .meta({ id: 'ParameterDef' });
export type ParameterDef = z.infer<typeof parameterDef>;

export const parameterDefInput = parameterDef
  .extend({ type: z.enum(parameterTypes).optional() })
  .meta({ id: 'ParameterDefDraft', description: 'A parameter as an importer writes it.' });
export type ParameterDefInput = z.infer<typeof parameterDefInput>;

export const workflowSlug = z
  .string()
  .min(2)
  .max(100)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case letters and digits, joined by single hyphens')
  .meta({ description: 'Unique in the team.', examples: ['sd-portrait-v2'] });

export const workflowStatus = z.enum(['active', 'disabled']);

const modelPath = z
  .string()
  .min(1)
  .max(512)
  .meta({ examples: ['checkpoints/sdxl-base.safetensors'] });

/** Kept in lower case: nobody wants `Portrait` beside `portrait`. */
const workflowTag = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^[^"\\,\p{Cc}]+$/u, 'a tag has no quotes, commas, backslashes or line breaks')
  .transform((tag) => tag.toLowerCase());

/** The fields an importer sets (spec 3.8); defaults are the documented ones. */
const workflowFields = {
  display_name: z
    .string()
    .trim()
    .min(1)
    .max(255)
    .meta({ examples: ['SD 1.5 Portrait Generator'] }),
  workflow_json: z.record(z.string(), z.unknown()).meta({
    description: 'ComfyUI’s API format for `comfyui`, the pipeline for `nerfstudio`.',
    examples: [
      {
        '5': { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 1 } },
        '6': { class_type: 'CLIPTextEncode', inputs: { text: 'a portrait photo', clip: ['4', 0] } },
      },
    ],
  }),
  editor_json: z.record(z.string(), z.unknown()).meta({
    description: 'Ours: the editor’s drawing that `workflow_json` was converted from, to be exported again.',
  }),
  description: z.string().max(2000),
  parameters: z
    .array(parameterDefInput)
    .max(100)
    .meta({ description: 'What a run may set, and where in the workflow it goes.' }),
  tool_type: toolType,
  required_labels: z
    .array(z.string().trim().min(1).max(100))
    .max(50)
    .meta({ description: 'An agent must have all of them; none = any agent.', examples: [['gpu', 'sd15']] }),
  task_timeout: z
    .int()
    .min(0)
    .meta({ description: 'Seconds after the agent’s acknowledgement; 0 = 24 hours.' }),
  max_retries: z.int().min(0).max(100).meta({ description: 'How often a failure becomes a new task.' }),
  preferred_gpu: z
    .string()
    .max(100)
    .meta({ description: 'Preferred, not required.', examples: ['RTX_4090'] }),
  default_dispatch_target: dispatchTarget,
  min_vram_gb: z.int().min(0).max(2048).meta({ description: 'Decimal gigabytes.' }),
  required_models: z.array(modelPath).max(500),
  tags: z
    .array(workflowTag)
    .max(20)
    .meta({ description: 'Ours: words to find it by; no part of its versions.', examples: [['portrait']] }),
};

export const importWorkflowRequest = z
  .object({
    workflow_slug: workflowSlug,
    display_name: workflowFields.display_name,
    workflow_json: workflowFields.workflow_json,
    editor_json: workflowFields.editor_json.optional(),
    description: workflowFields.description.default(''),
    parameters: workflowFields.parameters.default([]),
    tool_type: workflowFields.tool_type.default('comfyui'),
    required_labels: workflowFields.required_labels.default([]),
    task_timeout: workflowFields.task_timeout.default(0),
    max_retries: workflowFields.max_retries.default(0),
    preferred_gpu: workflowFields.preferred_gpu.default(''),
    default_dispatch_target: workflowFields.default_dispatch_target.default('agent'),
    min_vram_gb: workflowFields.min_vram_gb.default(0),
    required_models: workflowFields.required_models.default([]),
    tags: workflowFields.tags.optional(),
  })
  .meta({ id: 'ImportWorkflowRequest' });
export type ImportWorkflowRequest = z.infer<typeof importWorkflowRequest>;

export const updateWorkflowRequest = z
  .object({ workflow_slug: workflowSlug, ...workflowFields, workflow_status: workflowStatus })
  .partial()
  .meta({ id: 'UpdateWorkflowRequest' });
export type UpdateWorkflowRequest = z.infer<typeof updateWorkflowRequest>;

export const starWorkflowRequest = z.object({ is_starred: z.boolean() }).meta({ id: 'StarWorkflow' });

/** GET /workflows/{id} and the runtime twins. `workflow_json` is left out for key callers. */
export const workflowDetail = z
  .object({
    id: uuid,
    workflow_slug: z.string(),
    display_name: z.string(),
    description: z.string(),
    version: z.int(),
    workflow_status: workflowStatus,
    created_at: timestamp,
    updated_at: timestamp,
    workflow_json: z.record(z.string(), z.unknown()).optional(),
    parameters: z.array(parameterDef),
    required_labels: z.array(z.string()),
    task_timeout: z.int(),
    max_retries: z.int(),
    preferred_gpu: z.string(),
    default_dispatch_target: dispatchTarget,
    min_vram_gb: z.int(),
    required_models: z.array(z.string()),
    tool_type: toolType,
    is_starred: z.boolean().meta({ description: 'Ours: held dear by the team.' }),
    tags: z.array(z.string()).meta({ description: 'Ours.' }),
  })
  .meta({ id: 'Workflow' });
export type WorkflowDetail = z.infer<typeof workflowDetail>;

export const workflowItem = workflowDetail.omit({ workflow_json: true }).meta({ id: 'WorkflowListItem' });

export const workflowListQuery = paginationQuery.extend({
  workflow_status: workflowStatus.optional().meta({ description: 'Ours.' }),
  tool_type: toolType.optional().meta({ description: 'Ours.' }),
  text: z.string().trim().max(200).optional().meta({
    description: 'Ours: found in the name, the description, the slug or a tag, whatever its case.',
  }),
  tag: z.string().trim().toLowerCase().max(40).optional().meta({ description: 'Ours.' }),
  is_starred: z.enum(['true', 'false']).optional().meta({ description: 'Ours.' }),
  sort: z
    .enum(['updated', 'created', 'name'])
    .optional()
    .meta({ description: 'Ours: last changed first (also when left out), newest first, or by name.' }),
});
export type WorkflowListQuery = z.output<typeof workflowListQuery>;

export const workflowList = z
  .object({ workflow_list: z.array(workflowItem), page_meta: pageMeta })
  .meta({ id: 'WorkflowList' });

export const workflowTags = z
  .object({ tag_list: z.array(z.object({ tag: z.string(), count: z.int() })) })
  .meta({ id: 'WorkflowTags' });

export const exportFormats = ['atelier', 'api', 'editor'] as const;
export const exportQuery = z.object({
  format: z
    .enum(exportFormats)
    .default('atelier')
    .meta({
      description:
        '`atelier`: one file with form and requirements, ready to import; `api`: ComfyUI’s API format; `editor`: the ' +
        'drawing, where it came as one.',
    }),
});
export type ExportFormat = z.infer<typeof exportQuery>['format'];
