import { z } from 'zod';
import { modelFacts, modelFormats, modelKinds } from '../models/facts.ts';
import { pageMeta, paginationQuery, timestamp, uuid } from './common.ts';

const sha256 = z
  .string()
  .regex(/^sha256:[0-9a-fA-F]{64}$/, 'sha256: and 64 hexadecimal digits')
  .meta({
    description: 'SHA-256 of the file.',
    examples: ['sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  });
const displayName = z
  .string()
  .min(1)
  .max(255)
  .meta({ examples: ['SDXL Base 1.0'] });
const modelType = z
  .string()
  .min(1)
  .max(50)
  .meta({ description: 'A folder below ComfyUI’s models.', examples: ['checkpoints'] });
const modelPath = z
  .string()
  .max(512)
  .regex(/^(?!\/)(?!.*\.\.)(?!.*\\)[\w./ -]+$/, 'a relative path without .. and backslashes')
  .meta({
    description: 'Below ComfyUI’s models; `models/` in front makes no difference.',
    examples: ['models/checkpoints/sdxl_base_1.0.safetensors'],
  });
const fileSize = z
  .int()
  .min(1)
  .meta({ description: 'Bytes, exactly.', examples: [6_800_000_000] });
const storageKey = z
  .string()
  .min(1)
  .max(200)
  .meta({ examples: ['models/019abc12-4567-7890-abcd-ef1234567891/019abc12-5678-7890-abcd-ef1234567892'] });
export const modelStatus = z.enum(['active', 'disabled']).meta({ id: 'ModelStatus' });

/** POST /models/presign (spec 3.12). */
export const presignModelRequest = z
  .object({
    file_name: z
      .string()
      .min(1)
      .max(255)
      .meta({ examples: ['sdxl_base_1.0.safetensors'] }),
    file_size: fileSize,
    model_type: modelType,
    model_path: modelPath,
  })
  .meta({ id: 'PresignModelRequest' });

export const presignModelReply = z
  .object({
    upload_url: z.url().meta({ description: 'PUT the bytes here; valid for an hour.' }),
    storage_key: storageKey,
    upload_headers: z
      .record(z.string(), z.string())
      .meta({ description: 'Send every one of them.', examples: [{ 'Content-Length': '6800000000' }] }),
  })
  .meta({ id: 'PresignModelReply' });

/** POST /models (seed 004). */
export const registerModelRequest = z
  .object({
    display_name: displayName,
    model_type: modelType,
    storage_key: storageKey,
    file_size: fileSize,
    file_hash: sha256,
    model_path: modelPath,
  })
  .meta({ id: 'RegisterModelRequest' });

/** GET /models/{modelId} (spec 3.12); what comes after `updated_at` is ours. */
export const modelDetail = z
  .object({
    id: uuid,
    display_name: displayName,
    model_type: modelType,
    storage_key: z.string(),
    file_size: z.int(),
    file_hash: sha256,
    model_path: z.string(),
    model_status: modelStatus,
    created_at: timestamp,
    updated_at: timestamp,
    facts: modelFacts.meta({ description: 'What its header says.' }),
    source_url: z.string().meta({ description: 'Where it was fetched from; empty when it was uploaded.' }),
  })
  .meta({ id: 'Model' });
export type ModelDetail = z.infer<typeof modelDetail>;

export const modelListQuery = paginationQuery.extend({
  model_status: modelStatus.optional(),
  model_type: modelType.optional(),
  text: z.string().max(200).optional().meta({ description: 'In the name or the path.' }),
});

export const modelList = z
  .object({ model_list: z.array(modelDetail), page_meta: pageMeta })
  .meta({ id: 'ModelList' });

/** PUT /models/{modelId}; the bytes are what they are. */
export const updateModelRequest = z
  .object({
    display_name: displayName.optional(),
    model_type: modelType.optional(),
    model_path: modelPath.optional(),
    model_status: modelStatus.optional(),
  })
  .meta({ id: 'UpdateModelRequest' });

/** POST /models/fetch: have the gateway download one. */
export const fetchModelRequest = z
  .object({
    url: z
      .url({ protocol: /^https$/ })
      .max(2000)
      .meta({ examples: ['https://example.org/models/sdxl_base_1.0.safetensors'] }),
    display_name: displayName.optional().meta({ description: 'The file’s name when left out.' }),
    model_type: modelType,
    model_path: modelPath,
    file_hash: sha256.optional().meta({ description: 'What comes and is not that is thrown away.' }),
  })
  .meta({ id: 'FetchModelRequest' });

export const modelFetch = z
  .object({
    id: uuid,
    url: z.string(),
    display_name: z.string(),
    model_type: z.string(),
    model_path: z.string(),
    state: z.enum(['running', 'failed', 'done']),
    error: z.string().meta({
      description: 'Why it failed and what to do; while it runs, what keeps it from coming further.',
    }),
    received_bytes: z.int(),
    total_bytes: z.int().nullable().meta({ description: 'Null until the server has told it.' }),
    bytes_per_second: z.int(),
    model_id: uuid.nullable(),
    created_at: timestamp,
  })
  .meta({ id: 'ModelFetch' });
export type ModelFetch = z.infer<typeof modelFetch>;

export const modelFetchList = z.object({ fetch_list: z.array(modelFetch) }).meta({ id: 'ModelFetchList' });

const workflowRef = z.object({ id: uuid, workflow_slug: z.string(), display_name: z.string() });
export type WorkflowRef = z.infer<typeof workflowRef>;

/** A model as the whole studio has it: by path, with every agent that has it. */
export const inventoryItem = z
  .object({
    model_path: z.string(),
    folder: z.string(),
    file_name: z.string(),
    size: z.number().meta({ description: 'Bytes; 0 where nobody tells.' }),
    sha256: z.string().nullable().meta({ description: 'Null until it has been read.' }),
    format: z.enum(modelFormats),
    kind: z.enum(modelKinds),
    base: z.string(),
    title: z.string(),
    problem: z.string(),
    agents: z.array(z.object({ agent_id: z.string(), engines: z.array(z.string()) })),
    workflows: z.array(workflowRef).meta({ description: 'Those that name it.' }),
    model_id: uuid.nullable().meta({ description: 'In the team’s library.' }),
    model_status: modelStatus.nullable(),
    copies: z.int().meta({ description: 'Other files of the same content on one agent.' }),
  })
  .meta({ id: 'InventoryModel' });
export type InventoryItem = z.infer<typeof inventoryItem>;

export const inventoryQuery = z.object({
  current_page: paginationQuery.shape.current_page,
  per_page: z.coerce.number().int().min(1).max(500).default(200),
  folder: z.string().max(100).optional(),
  agent_id: z.string().max(100).optional(),
  text: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'In the path, the title, the family or the hash.' }),
});
export type InventoryQuery = z.output<typeof inventoryQuery>;

export const inventoryReply = z
  .object({ model_list: z.array(inventoryItem), page_meta: pageMeta })
  .meta({ id: 'ModelInventory' });

/** A model that workflows name and no agent has. */
export const missingModel = z
  .object({
    model_path: z.string(),
    workflows: z.array(workflowRef),
    url: z.string().nullable().meta({ description: 'Where the workflow says it can be had.' }),
    sha256: z.string().nullable().meta({ description: 'As the workflow says.' }),
    model_id: uuid
      .nullable()
      .meta({ description: 'In the team’s library: agents fetch it when it is active.' }),
    model_status: modelStatus.nullable(),
    fetching: z.array(
      z.object({
        agent_id: z.string(),
        percent: z.int(),
        is_stuck: z.boolean().meta({ description: 'It can not go on; the agent’s `sync_detail` says why.' }),
      }),
    ),
    lies_at: z.array(z.string()).meta({ description: 'Paths of files with the same name or content.' }),
  })
  .meta({ id: 'MissingModel' });
export type MissingModel = z.infer<typeof missingModel>;

/** Files of the same content on one agent. */
export const duplicateModel = z
  .object({
    agent_id: z.string(),
    sha256: z.string(),
    size: z.number(),
    reclaimable_bytes: z.number(),
    model_paths: z.array(z.string()),
  })
  .meta({ id: 'DuplicateModel' });
export type DuplicateModel = z.infer<typeof duplicateModel>;

export const modelSummary = z
  .object({
    folders: z.array(z.object({ folder: z.string(), count: z.int(), bytes: z.number() })),
    missing: z.array(missingModel),
    duplicates: z.array(duplicateModel),
    reclaimable_bytes: z.number(),
    unread: z.int().meta({ description: 'Files whose hash is still being made.' }),
    agents: z.array(
      z.object({
        agent_id: z.string(),
        is_known: z.boolean().meta({ description: 'It has told what it has.' }),
        count: z.int(),
        bytes: z.number(),
        disk_folder: z.string().meta({ description: 'Where it fetches models to; empty when it does not.' }),
        disk_total: z.number(),
        disk_free: z.number(),
        sync_phase: z.string(),
        sync_detail: z.string(),
        sync_percent: z.int(),
      }),
    ),
    library: z.object({ count: z.int(), bytes: z.number(), disk_free: z.number() }),
  })
  .meta({ id: 'ModelSummary' });
export type ModelSummary = z.infer<typeof modelSummary>;
