import { sampleWorkflow } from '../support.ts';
import { cloudRows } from './cloud-rows.ts';
import { engineRows } from './engine-rows.ts';
import { fileRows } from './files-rows.ts';
import { galleryRows } from './gallery-rows.ts';
import { modelRows } from './models-rows.ts';
import { studioRows } from './studio-rows.ts';
import { taskRows } from './task-rows.ts';
import { webhookRows } from './webhooks-rows.ts';
import { workflowRows } from './workflow-rows.ts';
import { invited, passerBy, signIn, type World } from './world.ts';

/** One good call of a route. Who makes it: the studio's owner in the studio's team, unless it says otherwise. */
export interface GoodCall {
  /** Values of the address's parameters. */
  readonly at?: Readonly<Record<string, string>>;
  readonly json?: Readonly<Record<string, unknown>>;
  readonly key?: string;
  readonly team?: string;
  readonly ok: number;
}

export type Row = (world: World) => GoodCall | Promise<GoodCall>;

const reads: Row = () => ({ ok: 200 });
const ofWorkflow: Row = ({ workflowId }) => ({ at: { workflowId }, ok: 200 });
const ofSlug: Row = () => ({ at: { workflowSlug: 'walked' }, ok: 200 });
const ofTask: Row = ({ taskId }) => ({ at: { taskId }, ok: 200 });
const other = (): string => `w-${crypto.randomUUID()}`;
const address = (): string => `${crypto.randomUUID()}@example.org`;

/** Every route by its operationId. A new route needs a row here and one in shared/rights.ts; then it is walked like the rest. */
export const rows: Readonly<Record<string, Row>> = {
  ...studioRows,
  login: ({ gateway, admin }) => ({
    json: {
      email_address: gateway.gateway.rooms.identity.user(admin.userId)?.email,
      user_password: 'a long password',
    },
    ok: 200,
  }),
  refreshToken: async (world) => ({ json: await signIn(world), ok: 200 }),
  localSignIn: () => ({ json: {}, ok: 200 }),
  logout: async (world) => ({ json: await signIn(world), ok: 200 }),
  register: () => ({
    json: { email_address: address(), user_password: 'a long password', first_name: 'A', last_name: 'B' },
    // Off, as a studio begins.
    ok: 403,
  }),
  lookUpInvitation: async (world) => ({
    json: { invitation_token: (await invited(world)).token },
    ok: 200,
  }),
  joinWithInvitation: async (world) => ({
    json: { invitation_token: (await invited(world)).token, user_password: 'a long password' },
    ok: 200,
  }),
  revokeDevice: async ({ gateway }) => ({
    key: await gateway.gateway.rooms.identity.createKey({ kind: 'device', name: 'd', ...gateway.owner }),
    ok: 200,
  }),

  getCurrentUser: reads,
  updateCurrentUser: () => ({ json: { display_name: 'Walker' }, ok: 200 }),
  changePassword: ({ viewer }) => ({
    key: viewer.jwt,
    json: { current_password: 'a long password', new_password: 'a long password' },
    ok: 200,
  }),

  listTeams: reads,
  createTeam: () => ({ json: { display_name: 'Walked' }, ok: 200 }),
  getCurrentTeam: reads,
  updateTeam: () => ({ json: { display_name: 'Walked' }, ok: 200 }),
  deleteTeam: async ({ gateway }) => ({
    team: await gateway.gateway.rooms.identity.teams.create(gateway.owner.userId, 'Short-lived'),
    ok: 204,
  }),
  // The owner may not go: the call is allowed, the state forbids it.
  leaveTeam: () => ({ ok: 409 }),
  transferTeam: async ({ gateway }) => {
    const { identity, store } = gateway.gateway.rooms;
    const team = await identity.teams.create(gateway.owner.userId, 'Handed over');
    const heir = await passerBy({ gateway } as World);
    await store.write((writer) =>
      writer.hotRun(`INSERT INTO members VALUES (?, ?, 'member', 1)`, team, heir.userId),
    );
    return { team, json: { new_owner_id: heir.userId }, ok: 200 };
  },

  listMembers: reads,
  updateMemberRole: async (world) => ({
    at: await passerBy(world),
    json: { member_role: 'member' },
    ok: 200,
  }),
  removeMember: async (world) => ({ at: await passerBy(world), ok: 204 }),

  listInvitations: reads,
  createInvitation: () => ({ json: { email_address: address(), invitation_role: 'viewer' }, ok: 200 }),
  cancelInvitation: async (world) => ({ at: { invitationId: (await invited(world)).id }, ok: 204 }),
  acceptInvitation: async (world) => {
    const { teamId } = world.gateway.owner;
    const { identity } = world.gateway.gateway.rooms;
    if (identity.roleIn(teamId, world.guest.userId)) await identity.teams.leave(teamId, world.guest.userId);
    const email = identity.user(world.guest.userId)?.email;
    const { token } = await invited(world, email);
    return { key: world.guest.jwt, json: { invitation_token: token }, ok: 200 };
  },

  createCredential: () => ({ json: { kind: 'integration', display_name: 'walked' }, ok: 200 }),
  listCredentials: reads,
  revokeCredential: async ({ gateway }) => {
    const { credentials } = gateway.gateway.rooms.identity;
    const { id } = await credentials.create({ kind: 'agent', name: 'x', teamId: gateway.owner.teamId });
    return { at: { id }, ok: 204 };
  },

  startPairing: reads,
  pollDevicePair: async ({ gateway }) => ({
    json: { device_code: (await gateway.gateway.rooms.identity.pairing.start()).deviceCode },
    ok: 200,
  }),
  confirmPairing: async ({ gateway }) => ({
    json: { user_code: (await gateway.gateway.rooms.identity.pairing.start()).userCode },
    ok: 204,
  }),

  getFeatures: reads,
  updateFeatures: () => ({ json: { team: { quotas: { max_members: -1 } } }, ok: 200 }),
  updateTeamFeatures: ({ gateway }) => ({
    at: { teamId: gateway.owner.teamId },
    json: { quotas: { max_members: -1 } },
    ok: 200,
  }),

  importWorkflow: () => ({ json: { ...sampleWorkflow, workflow_slug: other() }, ok: 200 }),
  inspectWorkflow: () => ({ json: { workflow: sampleWorkflow.workflow_json }, ok: 200 }),
  updateWorkflow: ({ workflowId }) => ({ at: { workflowId }, json: { description: 'walked' }, ok: 200 }),
  starWorkflow: ({ workflowId }) => ({ at: { workflowId }, json: { is_starred: true }, ok: 200 }),
  exportWorkflow: ofWorkflow,
  judgeWorkflow: ofWorkflow,
  ...workflowRows,
  listWorkflows: reads,
  getWorkflow: ofWorkflow,
  listRuntimeWorkflows: reads,
  getRuntimeWorkflow: ofWorkflow,
  getRuntimeWorkflowBySlug: ofSlug,

  runWorkflow: ({ workflowId }) => ({ at: { workflowId }, json: { parameters: {} }, ok: 202 }),
  runWorkflowBySlug: () => ({ at: { workflowSlug: 'walked' }, json: { parameters: {} }, ok: 202 }),
  listTasks: reads,
  getTask: ofTask,
  getTaskResult: ofTask,
  cancelTask: async ({ gateway, workflowId }) => ({ at: { taskId: await gateway.run(workflowId) }, ok: 200 }),
  cancelTasks: async ({ gateway, workflowId }) => ({
    json: { task_ids: [await gateway.run(workflowId)] },
    ok: 200,
  }),
  retryTask: async ({ gateway, workflowId }) => {
    const taskId = await gateway.run(workflowId);
    await gateway.gateway.rooms.tasks.attempts.cancel(taskId);
    return { at: { taskId }, ok: 202 };
  },
  runWorkflowBatch: ({ workflowId }) => ({
    at: { workflowId },
    json: { runs: [{}], dry_run: true },
    ok: 200,
  }),
  setTaskPriority: async ({ gateway, workflowId }) => ({
    at: { taskId: await gateway.run(workflowId) },
    json: { priority: 3 },
    ok: 200,
  }),
  moveTaskFirst: async ({ gateway, workflowId }) => ({
    at: { taskId: await gateway.run(workflowId) },
    ok: 200,
  }),
  ...taskRows,
  ...cloudRows,
  getQueue: reads,
  pauseQueue: () => ({ ok: 200 }),
  resumeQueue: () => ({ ok: 200 }),
  streamTaskEvents: ofTask,
  streamTeamEvents: reads,

  presignFile: () => ({
    json: { file_name: 'a.png', file_size: 10, content_type: 'image/png' },
    ok: 200,
  }),
  ...fileRows,
  ...modelRows,
  ...galleryRows,
  listAgents: reads,
  listRuntimeAgents: reads,

  ...webhookRows,

  listEngines: reads,
  discoverEngines: ({ machine }) => ({ at: machine.here, ok: 200 }),
  planEngine: ({ machine }) => ({
    at: machine.here,
    json: { kind: 'install', source: '/nowhere', torch: 'cpu' },
    ok: 200,
  }),
  addEngine: ({ machine }) => ({
    at: machine.here,
    json: { kind: 'attach', url: 'http://127.0.0.1:9' },
    ok: 201,
  }),
  startEngine: async ({ machine }) => ({ at: await machine.another(), ok: 200 }),
  stopEngine: async ({ machine }) => ({ at: await machine.another(true), ok: 200 }),
  restartEngine: async ({ machine }) => ({ at: await machine.another(true), ok: 200 }),
  // It does not run, so there is nothing to unload.
  freeEngine: ({ machine }) => ({ at: machine.fake, ok: 409 }),
  // It was never installed, so there is nothing to go on with.
  resumeEngineInstall: ({ machine }) => ({ at: machine.fake, ok: 409 }),
  cancelEngineJob: ({ machine }) => ({ at: machine.fake, ok: 200 }),
  removeEngine: async ({ machine }) => ({ at: await machine.another(), ok: 200 }),
  getEngineSettings: ({ machine }) => ({ at: machine.fake, ok: 200 }),
  updateEngineSettings: ({ machine }) => ({ at: machine.fake, json: { serves: false }, ok: 200 }),
  getEngineLog: ({ machine }) => ({ at: machine.fake, ok: 200 }),
  listEngineSnapshots: ({ machine }) => ({ at: machine.fake, ok: 200 }),
  takeEngineSnapshot: ({ machine }) => ({ at: machine.fake, ok: 201 }),
  restoreEngineSnapshot: async ({ machine }) => ({
    at: await machine.snapshot(),
    json: { dry_run: true },
    ok: 200,
  }),
  listNodePacks: ({ machine }) => ({ at: machine.fake, ok: 200 }),
  installNodePack: ({ machine }) => ({
    at: machine.fake,
    json: { source: '/nowhere', dry_run: true },
    ok: 409,
  }),
  updateNodePack: async ({ machine }) => ({ at: await machine.pack(), json: { enabled: false }, ok: 200 }),
  removeNodePack: async ({ machine }) => ({ at: await machine.pack(), ok: 200 }),
  // No git checkout, so there is no newer version to be had.
  updateEngine: ({ machine }) => ({ at: machine.fake, json: { dry_run: true }, ok: 409 }),
  ...engineRows,
  settleEngineUpdate: ({ machine }) => ({ at: machine.fake, json: { how: 'discard' }, ok: 409 }),
};
