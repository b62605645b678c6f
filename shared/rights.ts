import type { FeatureOf } from './features.ts';
import { type Role, roleAtLeast } from './wire/common.ts';

/**
 * The three surfaces of Cyberun's API (spec 1.2) by who may use them: `runtime` takes users, `sk-` and `dk-`;
 * `management` takes users and `dk-`; `jwt-only` takes users alone. `ak-` keys belong on the agent link.
 */
export type Scope = 'runtime' | 'management' | 'jwt-only';

/** Who may call an endpoint. Roles count in the team that is meant. */
export type Right =
  | { readonly scope: Scope; readonly role: Role; readonly feature?: FeatureOf<'team'> }
  /** About the user as such, without a team: `user` takes users and `dk-`, `session` users alone, `device` `dk-` alone. */
  | { readonly scope: 'user' | 'session' | 'device' }
  /** The person whose studio this is: the account made at the first start. */
  | { readonly scope: 'operator' }
  | { readonly scope: 'anyone' };

const on = (scope: Scope, role: Role, feature?: FeatureOf<'team'>): Right =>
  feature ? { scope, role, feature } : { scope, role };

/**
 * Every endpoint by its operationId, and who may call it (Cyberun spec 5.12). Owner: all. Admin: everything but handing
 * over and deleting the team. Member: starts runs, sees everything, pairs the own machine. Viewer: reads, and may leave.
 */
export const rights = {
  login: { scope: 'anyone' },
  refreshToken: { scope: 'anyone' },
  localSignIn: { scope: 'anyone' },
  logout: { scope: 'anyone' },
  register: { scope: 'anyone' },
  lookUpInvitation: { scope: 'anyone' },
  joinWithInvitation: { scope: 'anyone' },
  revokeDevice: { scope: 'device' },

  getStudio: { scope: 'user' },
  getCurrentUser: { scope: 'user' },
  updateCurrentUser: { scope: 'session' },
  changePassword: { scope: 'session' },

  listTeams: { scope: 'user' },
  createTeam: { scope: 'session' },
  getCurrentTeam: on('management', 'viewer'),
  updateTeam: on('management', 'admin'),
  deleteTeam: on('management', 'owner'),
  leaveTeam: on('management', 'viewer'),
  transferTeam: on('management', 'owner'),

  listMembers: on('management', 'viewer'),
  updateMemberRole: on('management', 'admin'),
  removeMember: on('management', 'admin'),

  listInvitations: on('management', 'viewer'),
  createInvitation: on('management', 'admin'),
  cancelInvitation: on('management', 'admin'),
  acceptInvitation: { scope: 'session' },

  createCredential: on('jwt-only', 'admin'),
  listCredentials: on('jwt-only', 'admin'),
  revokeCredential: on('jwt-only', 'admin'),

  startPairing: { scope: 'anyone' },
  pollDevicePair: { scope: 'anyone' },
  confirmPairing: on('jwt-only', 'member'),

  getFeatures: { scope: 'operator' },
  updateFeatures: { scope: 'operator' },
  updateTeamFeatures: { scope: 'operator' },

  importWorkflow: on('management', 'admin'),
  inspectWorkflow: on('management', 'viewer'),
  updateWorkflow: on('management', 'admin'),
  createWorkflow: on('management', 'admin'),
  deleteWorkflow: on('management', 'admin'),
  listWorkflowTags: on('management', 'viewer'),
  estimateWorkflow: on('management', 'viewer'),
  listWorkflowSnapshots: on('management', 'viewer', 'workflow_snapshots'),
  getWorkflowSnapshot: on('management', 'viewer', 'workflow_snapshots'),
  noteWorkflowSnapshot: on('management', 'admin', 'workflow_snapshots'),
  restoreWorkflowSnapshot: on('management', 'admin', 'workflow_snapshots'),
  listPresets: on('management', 'viewer'),
  createPreset: on('management', 'member'),
  updatePreset: on('management', 'member'),
  deletePreset: on('management', 'member'),
  starWorkflow: on('management', 'member'),
  // The graph is for people (Cyberun spec 3.8).
  exportWorkflow: on('jwt-only', 'viewer'),
  judgeWorkflow: on('management', 'viewer'),
  listWorkflows: on('management', 'viewer'),
  getWorkflow: on('management', 'viewer'),
  listRuntimeWorkflows: on('runtime', 'viewer'),
  getRuntimeWorkflow: on('runtime', 'viewer'),
  getRuntimeWorkflowBySlug: on('runtime', 'viewer'),

  runWorkflow: on('runtime', 'member'),
  runWorkflowBySlug: on('runtime', 'member'),
  listTasks: on('runtime', 'viewer'),
  getTask: on('runtime', 'viewer'),
  getTaskResult: on('runtime', 'viewer'),
  cancelTask: on('runtime', 'member'),
  cancelTasks: on('runtime', 'member'),
  retryTask: on('runtime', 'member'),
  runWorkflowBatch: on('runtime', 'member'),
  setTaskPriority: on('runtime', 'member'),
  moveTaskFirst: on('runtime', 'member'),
  moveTask: on('runtime', 'member'),
  deleteTask: on('runtime', 'member'),
  getTaskLog: on('runtime', 'viewer'),
  getTaskStatistics: on('runtime', 'viewer'),
  listQueue: on('runtime', 'viewer'),
  getQueue: on('runtime', 'viewer'),
  pauseQueue: on('management', 'admin'),
  resumeQueue: on('management', 'admin'),
  streamTaskEvents: on('runtime', 'viewer'),
  streamTeamEvents: on('runtime', 'viewer'),

  // Where a team's results go, and the secret that signs them.
  createWebhook: on('management', 'admin', 'webhooks'),
  listWebhooks: on('management', 'admin', 'webhooks'),
  getWebhook: on('management', 'admin', 'webhooks'),
  updateWebhook: on('management', 'admin', 'webhooks'),
  deleteWebhook: on('management', 'admin', 'webhooks'),
  rotateWebhookSecret: on('management', 'admin', 'webhooks'),
  testWebhook: on('management', 'admin', 'webhooks'),
  listWebhookDeliveries: on('management', 'admin', 'webhooks'),

  presignFile: on('runtime', 'member'),

  presignModel: on('management', 'admin', 'custom_models'),
  registerModel: on('management', 'admin', 'custom_models'),
  updateModel: on('management', 'admin', 'custom_models'),
  deleteModel: on('management', 'admin', 'custom_models'),
  listModels: on('management', 'viewer'),
  getModel: on('management', 'viewer'),
  listModelInventory: on('management', 'viewer'),
  getModelSummary: on('management', 'viewer'),
  fetchModel: on('management', 'admin', 'custom_models'),
  listModelFetches: on('management', 'viewer'),
  retryModelFetch: on('management', 'admin', 'custom_models'),
  deleteModelFetch: on('management', 'admin', 'custom_models'),

  // Users alone (Cyberun spec 3.11); the team is the storage key's, and what is uploaded says which role it needs in it.
  initiateMultipart: { scope: 'session' },
  getMultipart: { scope: 'session' },
  presignPart: { scope: 'session' },
  completeMultipart: { scope: 'session' },
  abortMultipart: { scope: 'session' },
  getStorage: on('management', 'viewer'),
  getRetention: on('management', 'viewer'),
  updateRetention: { scope: 'operator' },
  cleanStorage: { scope: 'operator' },
  listOutputs: on('runtime', 'viewer'),
  listOutputDays: on('runtime', 'viewer'),
  getOutputFacets: on('runtime', 'viewer'),
  getOutput: on('runtime', 'viewer'),
  zipOutputs: on('runtime', 'viewer'),
  starOutputs: on('runtime', 'member'),
  deleteOutputs: on('runtime', 'member'),
  restoreOutputs: on('runtime', 'member'),
  useOutputAsInput: on('runtime', 'member'),
  listAgents: on('management', 'viewer'),
  listRuntimeAgents: on('runtime', 'viewer'),
  updateAgent: on('management', 'admin'),
  drainAgent: on('management', 'admin'),
  resumeAgent: on('management', 'admin'),
  removeAgent: on('management', 'admin'),
  // Strangers come to the machine: its team's owner alone decides that.
  lendAgent: on('management', 'owner'),
  getAgentStatistics: on('management', 'viewer'),

  setComfyCloudKey: on('management', 'admin'),
  getComfyCloudKeyStatus: on('management', 'admin'),
  removeComfyCloudKey: on('management', 'admin'),

  // Whoever chooses what a machine executes can do anything on it: that is the owner's. Admins run what is there.
  listEngines: on('management', 'viewer'),
  discoverEngines: on('management', 'owner'),
  planEngine: on('management', 'owner'),
  addEngine: on('management', 'owner'),
  startEngine: on('management', 'admin'),
  stopEngine: on('management', 'admin'),
  restartEngine: on('management', 'admin'),
  freeEngine: on('management', 'admin'),
  resumeEngineInstall: on('management', 'owner'),
  cancelEngineJob: on('management', 'owner'),
  dismissEngineJob: on('management', 'owner'),
  removeEngine: on('management', 'owner'),
  getEngineSettings: on('management', 'admin'),
  updateEngineSettings: on('management', 'owner'),
  getEngineLog: on('management', 'admin'),
  listEngineSnapshots: on('management', 'admin'),
  takeEngineSnapshot: on('management', 'admin'),
  restoreEngineSnapshot: on('management', 'owner'),
  listNodePacks: on('management', 'viewer'),
  findMissingPacks: on('management', 'viewer'),
  installNodePack: on('management', 'owner'),
  updateNodePack: on('management', 'owner'),
  removeNodePack: on('management', 'owner'),
  updateEngine: on('management', 'owner'),
  settleEngineUpdate: on('management', 'owner'),
} as const satisfies Record<string, Right>;

export type Operation = keyof typeof rights;

/** May somebody with this role in the team call the operation? */
export function may(role: Role | undefined, operation: Operation): boolean {
  const right: Right = rights[operation];
  return !('role' in right) || (role !== undefined && roleAtLeast(role, right.role));
}
