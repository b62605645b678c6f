/**
 * What a studio's owner can switch and limit (Cyberun spec 5.15), with the values it has out of the box. Features that
 * are not listed are off. Quotas: -1 unlimited, 0 switched off, above 0 a hard cap.
 */
export const featureCatalogue = {
  global: {
    features: {
      registration: false,
      oauth: false,
      email: false,
      oidc_provider: false,
      mcp_server: false,
      auto_team: false,
      notifications: false,
      // Ours: webhooks may go to addresses of the studio's own network, and by plain http there.
      private_webhooks: false,
    },
    quotas: { max_users: -1, max_teams: -1, max_agents: -1, max_concurrent_tasks: -1 },
  },
  account: {
    features: { manual_team_creation: true, team_invitation_accept: true },
    quotas: { max_owned_teams: -1 },
  },
  team: {
    features: {
      webhooks: true,
      container_services: false,
      nerfstudio: true,
      custom_models: true,
      workflow_snapshots: true,
    },
    quotas: {
      max_members: -1,
      max_integration_credentials: -1,
      max_storage_bytes: -1,
      max_community_tasks: -1,
      max_webhooks: 20,
    },
  },
} as const satisfies Record<string, { features: Record<string, boolean>; quotas: Record<string, number> }>;

export type FeatureScope = keyof typeof featureCatalogue;
export type FeatureOf<Scope extends FeatureScope> = keyof (typeof featureCatalogue)[Scope]['features'] &
  string;
export type QuotaOf<Scope extends FeatureScope> = keyof (typeof featureCatalogue)[Scope]['quotas'] & string;

/** Nothing here does these yet, so that switching one on would be a promise that nobody keeps. */
export const featuresToCome: ReadonlySet<string> = new Set([
  'oauth',
  'email',
  'oidc_provider',
  'mcp_server',
  'notifications',
  'container_services',
]);
