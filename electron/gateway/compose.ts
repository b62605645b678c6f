import { randomBytes } from 'node:crypto';
import { NodeInfos } from './agents/node-infos.ts';
import { AgentRegistry } from './agents/registry.ts';
import { Roster } from './agents/roster.ts';
import { Cloud } from './cloud/cloud.ts';
import type { GatewayConfig } from './config.ts';
import { Engines } from './engines/engines.ts';
import { openFiles } from './files/open.ts';
import { openGallery } from './gallery/open.ts';
import { Identity } from './identity/identity.ts';
import { Models } from './models/models.ts';
import type { Rooms } from './rooms.ts';
import { Dispatcher } from './scheduling/dispatcher.ts';
import { Pool } from './scheduling/pool.ts';
import { Secrets } from './secrets/secrets.ts';
import { settingOr } from './store/repositories/settings.ts';
import type { Store } from './store/store.ts';
import { Attempts } from './tasks/attempts.ts';
import { TaskEvents } from './tasks/events.ts';
import { TaskLogs } from './tasks/logs.ts';
import { TaskSignals } from './tasks/signals.ts';
import { Tasks } from './tasks/tasks.ts';
import { TaskTimeouts } from './tasks/timeouts.ts';
import { TaskViews } from './tasks/views.ts';
import { resolveHost, Targets } from './webhooks/targets.ts';
import { Webhooks } from './webhooks/webhooks.ts';
import { Inspection } from './workflows/inspection.ts';
import { Presets } from './workflows/presets.ts';
import { Workflows } from './workflows/workflows.ts';

/** What needs no other room: who is there, and where bytes and secrets lie. */
async function openGround(config: GatewayConfig, store: Store) {
  const identity = await Identity.open(store, config.clock);
  await identity.ensureOwner();
  const gatewayId = await settingOr(store, 'gateway_id', () => `gw-${randomBytes(4).toString('hex')}`);
  const rooms = await openFiles(config, store, identity.features);
  const secrets = await Secrets.open(config.dataDir);
  return { config, store, identity, gatewayId, ...rooms, secrets };
}

/** With what only the gateway itself starts and stops. */
export interface OpenRooms extends Rooms {
  readonly timeouts: TaskTimeouts;
}

/** Opens every room on a store and joins them up. Nothing runs before the gateway starts it. */
export async function openRooms(config: GatewayConfig, store: Store): Promise<OpenRooms> {
  const { clock, timings, limits } = config;
  const ground = await openGround(config, store);
  const { gatewayId, identity, objects, files, signer, secrets } = ground;
  const signals = new TaskSignals();
  const workflows = new Workflows(store, clock, (teamId) => events.changed(teamId, 'workflows_changed'));
  const waiting = (taskId: string) => scheduler.waiting(taskId) ?? cloud.runs.waiting(taskId);
  const views = new TaskViews({ store, workflows, files, gatewayId, waiting });
  const events = new TaskEvents(clock, (event) => views.complete(event));
  const common = { store, workflows, files, events, signals, clock };
  const attempts = new Attempts({ ...common, objects, leaseMs: timings.leaseMs });
  const logs = new TaskLogs({ store, clock, log: config.log });
  const hasCloudKey = (teamId: string) => cloud.accounts.key(teamId) !== undefined;
  const tasks = new Tasks({ ...common, attempts, views, logs, waiting, hasCloudKey });
  const roster = new Roster(store, clock);
  const agents = new AgentRegistry({
    ...common,
    config,
    gatewayId,
    attempts,
    logs,
    roster,
    signer,
    addressMs: limits.maxTaskSeconds * 1000,
  });
  agents.onChange((session) => events.changed(session.teamId, 'agents_changed'));
  const engines = new Engines(agents, (teamId) => events.changed(teamId, 'engines_changed'));
  identity.teams.onClosing(async (teamId) => {
    identity.credentials.forget(); // an agent that is sent away below must not come back with its dead key
    await tasks.cancelAll(teamId);
    agents.dismiss(teamId);
    inBackground(config, 'clear up after a team', identity.teams.sweep());
  });
  const scheduler = new Dispatcher({
    tasks,
    agents,
    workflows,
    log: config.log,
    mostAtOnce: () => identity.features.limit('global', 'max_concurrent_tasks'),
    pool: new Pool({
      store,
      most: (teamId) => identity.features.limit('team', 'max_community_tasks', teamId),
    }),
  });
  const models = new Models({
    ...{ ...common, objects, signer, agents, log: config.log, storage: ground.storage },
    uploads: ground.modelUploads,
    dataDir: config.dataDir,
    tell: (teamId) => events.changed(teamId, 'models_changed'),
    allowed: (teamId) => identity.features.has('team', 'custom_models', teamId),
  });
  const gallery = openGallery({ ...ground, signals, events });
  const nodeInfos = new NodeInfos({ store, signer, agents, clock });
  const cloud = new Cloud({
    ...common,
    ...cloudSettings(config),
    attempts,
    objects,
    secrets,
    paused: (teamId) => tasks.line.paused(teamId),
    stranded: (teamId) => scheduler.stranded(teamId),
    release: (taskId) => scheduler.release(taskId),
  });
  const webhooks = openWebhooks(config, { store, identity, events, signals, views, secrets });
  const timeouts = new TaskTimeouts({
    tasks,
    workflows,
    maxSeconds: limits.maxTaskSeconds,
    clock,
    log: config.log,
  });
  return {
    ...ground,
    models,
    gallery,
    presets: new Presets(store, clock),
    workflows,
    events,
    tasks,
    agents,
    roster,
    engines,
    nodeInfos,
    inspection: new Inspection(agents, nodeInfos),
    scheduler,
    cloud,
    webhooks,
    timeouts,
  };
}

const cloudSettings = ({ comfyCloudUrl, limits, timings, log }: GatewayConfig) => ({
  url: comfyCloudUrl,
  fileBytes: limits.fileBytes,
  pollMs: timings.cloudPollMs,
  afterMs: timings.cloudFallbackMs,
  log,
});

interface WebhookNeeds extends Pick<Rooms, 'store' | 'identity' | 'events'> {
  readonly signals: TaskSignals;
  readonly views: TaskViews;
  readonly secrets: Secrets;
}

/** Tasks don't know of webhooks: what is to be told joins the unit of work of each event. */
function openWebhooks(config: GatewayConfig, needs: WebhookNeeds): Webhooks {
  const { store, identity, events, signals, views, secrets } = needs;
  const webhooks = new Webhooks({
    store,
    features: identity.features,
    secrets,
    targets: new Targets({
      resolve: config.resolve ?? resolveHost,
      privateAllowed: () => identity.features.has('global', 'private_webhooks'),
    }),
    summary: (reader, taskId) => views.summary(reader, taskId),
    changed: (teamId) => events.changed(teamId, 'webhooks_changed'),
    version: config.version,
    clock: config.clock,
    log: config.log,
    timeoutMs: config.timings.webhookTimeoutMs,
    retryMs: config.timings.webhookRetryMs,
  });
  events.onAppend((writer, event) => webhooks.enqueue(writer, event));
  signals.listen({ ended: () => webhooks.look() });
  return webhooks;
}

/** Does what nobody waits for; a failure is logged. */
export function inBackground(config: GatewayConfig, what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => config.log.error({ err: error }, `could not ${what}`));
}
