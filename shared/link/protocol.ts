import { z } from 'zod';
import { toolType, uuid } from '../wire/common.ts';
import { crashReport } from '../wire/crash.ts';
import { engineDevice, engineReport } from '../wire/engines.ts';
import { taskFailure } from '../wire/tasks.ts';
import { manageActions, manageRefusal } from './manage.ts';
import { modelsChanged, syncModels, syncState, wantModels } from './models.ts';

/**
 * The agent link: one WebSocket at `GET /api/v1/agent/link`, opened by the agent with `Authorization: Bearer ak-…`.
 * Text frames of JSON, one message each. Ours entirely: Cyberun documents only that it is an outbound WebSocket.
 *
 * Opening: agent sends `hello`, gateway answers `welcome` (or closes with 4400 bad message, 4401 bad credential,
 * 4409 replaced by a newer connection of the same agent, 4426 protocol version not spoken).
 *
 * Reliability: messages with a `seq` must not be lost. Each side numbers them from 1 within a session, keeps them until
 * the peer's `ack` with that number or a higher one, and resends what is left after a reconnect, in order. A receiver
 * acknowledges only after the effect is on its disk, and drops numbers it has seen in the session. When the session
 * could not be resumed (`welcome.resumed` false: the gateway restarted), the agent numbers what is left anew from 1 and
 * sends it; handlers are idempotent by attempt id and fence. Messages without `seq` may be dropped under pressure.
 *
 * Fencing: an attempt carries a `fence`, a number that rises with each attempt of the gateway. Messages about an attempt
 * that is not the task's current one, or with another fence, are refused and change nothing.
 */
export const linkProtocol = 1;
export const linkPath = '/api/v1/agent/link';
/** Longest message either side accepts, in bytes (a preview in base64 is the largest). */
export const linkMaxMessage = 4 * 1024 * 1024;
export const linkClose = {
  badMessage: 4400,
  badCredential: 4401,
  replaced: 4409,
  badProtocol: 4426,
} as const;

const attemptRef = { attempt_id: uuid, fence: z.int().positive() };
const reliable = { seq: z.int().positive() };

/** A GPU as its maker's tool tells it. What the tool does not tell, or not without more rights, is left out. */
export const gpuInfo = z.object({
  name: z.string(),
  type: z.string(),
  /** Bytes. */
  vram_total: z.number(),
  vram_free: z.number(),
  /** Its number among those of its type, from 0. */
  index: z.int().nonnegative().optional(),
  uuid: z.string().optional(),
  /** Per cent of the time that it computes. */
  load_percent: z.number().min(0).max(100).optional(),
  /** Degrees Celsius. */
  temperature_c: z.number().optional(),
  /** Watts: what it draws, and what it may draw at most. */
  power_w: z.number().nonnegative().optional(),
  power_limit_w: z.number().nonnegative().optional(),
});
export type GpuInfo = z.infer<typeof gpuInfo>;

export const machineInfo = z.object({
  hostname: z.string(),
  platform_arch: z.string().meta({ examples: ['linux/amd64'] }),
  os: z.string(),
  cpu_count: z.int(),
  ram_total: z.number(),
  ram_free: z.number(),
  gpus: z.array(gpuInfo),
});
export type MachineInfo = z.infer<typeof machineInfo>;

export const engineInfo = z.object({
  name: z.string(),
  tool: toolType,
  /** What it is to people: `starter`, `comfyui`. */
  flavour: z.string(),
  version: z.string(),
  pytorch_version: z.string(),
  state: z.enum(['starting', 'ready', 'crashed', 'stopped']),
  reason: z.string().meta({ description: 'Why it is not ready, in words; empty when ready.' }),
  /** While it is crashed: the same, told apart. */
  ...crashReport.partial().shape,
  devices: z.array(engineDevice),
  /** Runs in its queue, those of others and the one at work included; left out while unknown. */
  queue_remaining: z.int().nonnegative().optional(),
  /** Class names the engine can execute; empty while unknown. */
  node_types: z.array(z.string()),
  /** SHA-256 of all it says of its node classes (`/object_info`), which the gateway asks for when it is new. */
  node_info_hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
export type EngineInfo = z.infer<typeof engineInfo>;

/** What of an engine moves all the time. */
export const engineFigures = engineInfo.pick({ name: true, devices: true, queue_remaining: true });
export type EngineFigures = z.infer<typeof engineFigures>;

/** Phase of an attempt that the agent still answers for: `done` means its result is waiting in the outbox. */
export const heldAttempt = z.object({ ...attemptRef, phase: z.enum(['staged', 'running', 'done']) });
export type HeldAttempt = z.infer<typeof heldAttempt>;

export const manifestEntry = z.object({
  /** What the upload reply gave. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().nonnegative(),
  name: z.string().min(1).max(255),
  node_id: z.string().max(255),
  kind: z.enum(['image', 'video', 'audio', 'text', 'file']),
  content_type: z.string().max(255),
  temporary: z.boolean(),
  width: z.int().optional(),
  height: z.int().optional(),
});
export type ManifestEntry = z.infer<typeof manifestEntry>;

/** Agent → gateway. */
export const agentMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    protocol: z.int(),
    agent_id: z.string().min(1).max(100),
    agent_version: z.string().max(50),
    resume: z.object({ session_id: uuid, last_received: z.int().nonnegative() }).optional(),
    machine: machineInfo,
    engines: z.array(engineInfo),
    labels: z.array(z.string().max(100)).max(100),
    region: z.string().max(64),
    /** Tasks executed at once, and how many more may be staged ahead. */
    slots: z.int().min(1).max(64),
    staging: z.int().min(0).max(16),
    attempts: z.array(heldAttempt).max(1000),
  }),
  /** Figures travel here and not in `engine_state`, which must not be lost: the next heartbeat has newer ones. */
  z.object({
    type: z.literal('heartbeat'),
    machine: machineInfo.optional(),
    engines: z.array(engineFigures).optional(),
  }),
  z.object({ type: z.literal('ack'), seq: z.int().nonnegative() }),
  /** The attempt is on the agent's disk and staged; stops the acknowledgement timeout. */
  z.object({ type: z.literal('received'), ...reliable, ...attemptRef }),
  /** The engine executes it: the task runs and its timeout clock starts. */
  z.object({
    type: z.literal('accepted'),
    ...reliable,
    ...attemptRef,
    /** By its name in `engines`. */
    engine_name: z.string().max(200).optional(),
  }),
  /** The agent can't take it; the task goes back in line. `rest` false: what stood in the way is gone from it already. */
  z.object({
    type: z.literal('declined'),
    ...reliable,
    ...attemptRef,
    reason: z.string().max(2000),
    rest: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('completed'),
    ...reliable,
    ...attemptRef,
    outputs: z.array(manifestEntry).max(10_000),
  }),
  z.object({ type: z.literal('failed'), ...reliable, ...attemptRef, failure: taskFailure }),
  z.object({ type: z.literal('cancelled'), ...reliable, ...attemptRef }),
  z.object({ type: z.literal('engine_state'), ...reliable, engine: engineInfo }),
  /** What hello said of the whole agent is different now: an engine has come or gone, or a label. */
  z.object({
    type: z.literal('standing'),
    ...reliable,
    engines: z.array(engineInfo),
    labels: z.array(z.string().max(100)).max(100),
    slots: z.int().min(1).max(64),
  }),
  modelsChanged,
  syncState,
  wantModels,
  z.object({
    type: z.literal('progress'),
    ...attemptRef,
    progress: z.number().min(0).max(1),
    current_node: z.string(),
    current_node_class: z.string(),
    current_node_title: z.string(),
    step_current: z.int(),
    step_total: z.int(),
  }),
  z.object({ type: z.literal('preview'), ...attemptRef, content_type: z.string(), data_base64: z.string() }),
  z.object({ type: z.literal('log'), ...attemptRef, lines: z.array(z.string().max(4000)).max(500) }),
  /** All engines of the machine, after each welcome and whenever something about them changes. */
  z.object({ type: z.literal('engines'), report: engineReport }),
  /** The answer to `manage`: what `manageReply(action)` says, or why not. */
  z.object({
    type: z.literal('managed'),
    request_id: uuid,
    result: z.unknown().optional(),
    refusal: manageRefusal.optional(),
  }),
]);
export type AgentMessage = z.infer<typeof agentMessage>;

/** An uploaded input that the agent fetches and gives to its engine. `url` is a path on the gateway, signed. */
export const assignedInput = z.object({
  node_id: z.string(),
  field: z.string(),
  file_name: z.string(),
  content_type: z.string(),
  size: z.int(),
  sha256: z.string(),
  url: z.string(),
});
export type AssignedInput = z.infer<typeof assignedInput>;

export const assignment = z.object({
  ...attemptRef,
  task_id: uuid,
  tool_type: toolType,
  /** The frozen graph with every value in place but the inputs' names. */
  graph: z.record(z.string(), z.unknown()),
  inputs: z.array(assignedInput),
  /** Path on the gateway, signed for this attempt: `PUT <upload_url>&name=…` with the bytes of one output. */
  upload_url: z.string(),
  workflow: z.object({ id: uuid, slug: z.string(), version: z.int(), name: z.string() }),
  /**
   * The run is another team's, through the community pool: the agent executes only what can't reach its owner's things
   * (`shared/comfy/lending.ts`), and says nothing of its machine beyond how the run goes.
   */
  foreign: z.boolean().default(false),
});
export type Assignment = z.infer<typeof assignment>;

/** Reply of an output upload. */
export const uploadReply = z.object({ sha256: z.string(), size: z.int() });

/** Gateway → agent. Times in milliseconds. */
export const gatewayMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    protocol: z.int(),
    session_id: uuid,
    resumed: z.boolean(),
    /** Highest number received from this agent in the resumed session; 0 in a new one. */
    last_received: z.int().nonnegative(),
    gateway_id: z.string(),
    lease_ms: z.int().positive(),
    heartbeat_ms: z.int().positive(),
    /** Of the attempts in `hello`: those the gateway has given up; the agent drops them and cancels their runs. */
    drop: z.array(uuid),
  }),
  z.object({ type: z.literal('ack'), seq: z.int().nonnegative() }),
  z.object({ type: z.literal('assign'), ...reliable, ...assignment.shape }),
  z.object({ type: z.literal('cancel'), ...reliable, ...attemptRef, reason: z.string() }),
  /** `PUT upload_url` with the text that has this hash. May be lost; it is asked for again. */
  z.object({ type: z.literal('want_node_info'), hash: z.string(), upload_url: z.string() }),
  z.object({ type: z.literal('drain'), ...reliable, draining: z.boolean() }),
  syncModels,
  /** Do something with an engine; `ask` is what `manageAsk(action)` says. Sent once, lost with the connection. */
  z.object({
    type: z.literal('manage'),
    request_id: uuid,
    action: z.enum(manageActions),
    ask: z.record(z.string(), z.unknown()),
  }),
]);
export type GatewayMessage = z.infer<typeof gatewayMessage>;
