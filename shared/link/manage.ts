import { z } from 'zod';
import { addEngineRequest, foundList, installPlanReply, installWish } from '../wire/engine-adding.ts';
import {
  installPackRequest,
  packList,
  packName,
  packPlanReply,
  removedPackReply,
  restorePlanReply,
  restoreRequest,
  settleUpdateRequest,
  snapshotItem,
  snapshotList,
  updatePlanReply,
  updateRequest,
} from '../wire/engine-changes.ts';
import { missingPackList, neededNode } from '../wire/engine-missing.ts';
import {
  engineId,
  engineIdReply,
  engineLog,
  engineSettings,
  logQuery,
  removedEngineReply,
  updateEngineRequest,
} from '../wire/engines.ts';

/**
 * What a gateway may ask an agent to do with its engines, and what each is answered with. Ours entirely. A command is
 * sent once and answered once; when the link breaks in between, the caller is told and looks at the report.
 * Long work is begun by a command and goes on as the engine's job, which the report shows.
 */

const one = { engine_id: engineId };
const done = z.null();

/** A workflow that is run on two versions of an engine to compare them. */
export const canary = z.object({ name: z.string(), graph: z.record(z.string(), z.unknown()) });
export type Canary = z.infer<typeof canary>;

const commands = {
  discover: { ask: z.object({}), reply: foundList },
  plan: { ask: z.object({ wish: installWish }), reply: installPlanReply },
  add: { ask: z.object({ wish: addEngineRequest }), reply: engineIdReply },
  start: { ask: z.object(one), reply: done },
  stop: { ask: z.object(one), reply: done },
  restart: { ask: z.object(one), reply: done },
  free: { ask: z.object(one), reply: done },
  /** Goes on with an install that broke off. */
  resume: { ask: z.object(one), reply: done },
  cancel_job: { ask: z.object(one), reply: done },
  /** Forgets a job that is over. */
  dismiss_job: { ask: z.object(one), reply: done },
  settings: { ask: z.object(one), reply: engineSettings },
  update: { ask: z.object({ ...one, change: updateEngineRequest }), reply: done },
  remove: { ask: z.object({ ...one, delete_files: z.boolean() }), reply: removedEngineReply },
  log: { ask: z.object({ ...one, query: logQuery }), reply: engineLog },
  list_snapshots: { ask: z.object(one), reply: snapshotList },
  take_snapshot: { ask: z.object(one), reply: snapshotItem },
  restore: {
    ask: z.object({ ...one, snapshot_id: z.string(), ...restoreRequest.shape }),
    reply: restorePlanReply,
  },
  list_packs: { ask: z.object(one), reply: packList },
  missing_packs: {
    ask: z.object({ ...one, needed: z.array(neededNode).max(50_000) }),
    reply: missingPackList,
  },
  install_pack: { ask: z.object({ ...one, wish: installPackRequest }), reply: packPlanReply },
  enable_pack: { ask: z.object({ ...one, name: packName, enabled: z.boolean() }), reply: done },
  remove_pack: { ask: z.object({ ...one, name: packName }), reply: removedPackReply },
  prepare_update: {
    ask: z.object({ ...one, ...updateRequest.omit({ canaries: true }).shape, canaries: z.array(canary) }),
    reply: updatePlanReply,
  },
  settle_update: { ask: z.object({ ...one, ...settleUpdateRequest.shape }), reply: done },
} as const satisfies Record<string, { ask: z.ZodObject; reply: z.ZodType }>;

export type ManageAction = keyof typeof commands;
/** What an action is asked with. */
export type ManageAsk<Action extends ManageAction = ManageAction> = z.infer<(typeof commands)[Action]['ask']>;
/** What it is answered with. */
export type ManageReply<Action extends ManageAction = ManageAction> = z.infer<
  (typeof commands)[Action]['reply']
>;

export const manageActions = Object.keys(commands) as [ManageAction, ...ManageAction[]];
export const manageAsk = <Action extends ManageAction>(action: Action): (typeof commands)[Action]['ask'] =>
  commands[action].ask;
export const manageReply = <Action extends ManageAction>(
  action: Action,
): (typeof commands)[Action]['reply'] => commands[action].reply;

/** Why a command was not carried out; the words say what to do. */
export const manageRefusal = z.object({
  code: z.enum(['not_found', 'conflict', 'bad_request', 'forbidden', 'internal']),
  message: z.string().max(8000),
});
export type ManageRefusal = z.infer<typeof manageRefusal>;
