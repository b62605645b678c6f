import { z } from 'zod';

/** What we read of ComfyUI's messages and replies (comfyui-protocol.md sections 4, 5, 7, 12); the rest passes by. */
const ofPrompt = { prompt_id: z.string() };

export const executionError = z.object({
  ...ofPrompt,
  node_id: z.coerce.string(),
  node_type: z.string().catch(''),
  exception_message: z.string().catch(''),
  exception_type: z.string().catch(''),
  traceback: z.array(z.string()).catch([]),
});
export type ExecutionError = z.infer<typeof executionError>;

const uiOutput = z.record(z.string(), z.unknown()).nullable().catch(null);

export const runMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('execution_start'), data: z.object(ofPrompt) }),
  z.object({
    type: z.literal('execution_cached'),
    data: z.object({ ...ofPrompt, nodes: z.array(z.string()) }),
  }),
  z.object({ type: z.literal('executing'), data: z.object({ ...ofPrompt, node: z.string().nullable() }) }),
  z.object({
    type: z.literal('progress'),
    data: z.object({ ...ofPrompt, node: z.string(), value: z.number(), max: z.number() }),
  }),
  z.object({
    type: z.literal('progress_state'),
    data: z.object({ ...ofPrompt, nodes: z.record(z.string(), z.object({ state: z.string() })) }),
  }),
  z.object({
    type: z.literal('executed'),
    data: z.object({ ...ofPrompt, node: z.string(), output: uiOutput }),
  }),
  z.object({ type: z.literal('execution_success'), data: z.object(ofPrompt) }),
  z.object({ type: z.literal('execution_error'), data: executionError }),
  z.object({ type: z.literal('execution_interrupted'), data: z.object(ofPrompt) }),
]);
export type RunMessage = z.infer<typeof runMessage>;

export const logMessage = z.object({
  type: z.literal('logs'),
  data: z.object({ entries: z.array(z.object({ m: z.string() })) }),
});

/** Sent when a socket opens and whenever the queue changes, to everybody. */
export const statusMessage = z.object({
  type: z.literal('status'),
  data: z.object({ status: z.object({ exec_info: z.object({ queue_remaining: z.int().nonnegative() }) }) }),
});

export const queueReply = z.object({
  queue_running: z.array(z.tuple([z.unknown(), z.string()], z.unknown())),
  queue_pending: z.array(z.tuple([z.unknown(), z.string()], z.unknown())),
});

export const historyEntry = z.object({
  outputs: z.record(z.string(), uiOutput),
  status: z.object({
    status_str: z.string(),
    messages: z.array(z.tuple([z.string(), z.unknown()])).catch([]),
  }),
});
export type HistoryEntry = z.infer<typeof historyEntry>;

/** A device without one (`index` of the CPU is null) is as good as one that does not tell it. */
const whenTold = <Field extends z.ZodType>(field: Field) => field.optional().catch(undefined);

export const systemStats = z.object({
  system: z.object({
    comfyui_version: z.string().catch(''),
    pytorch_version: z.string().catch(''),
    argv: z.array(z.string()).catch([]),
  }),
  devices: z
    .array(
      z.object({
        name: z.string(),
        type: z.string(),
        vram_total: z.number().catch(0),
        vram_free: z.number().catch(0),
        index: whenTold(z.int()),
        torch_vram_total: whenTold(z.number()),
        torch_vram_free: whenTold(z.number()),
      }),
    )
    .catch([]),
});
export type SystemStats = z.infer<typeof systemStats>;
