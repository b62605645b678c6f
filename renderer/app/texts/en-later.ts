import { cloud } from './en-cloud.ts';
import { engineAdding } from './en-engine-adding.ts';
import { engineChanges } from './en-engine-changes.ts';
import { engineMissing } from './en-engine-missing.ts';
import { gallery } from './en-gallery.ts';
import { models } from './en-models.ts';
import { settingsPage } from './en-settings.ts';
import { storage } from './en-storage.ts';
import { taskLog, timeline } from './en-tasks.ts';
import { invitation, pairing, password, team } from './en-team.ts';
import { webhooks } from './en-webhooks.ts';
import { workflow } from './en-workflows.ts';

/** The texts of everything that is not seen at once: they come with the first page that is gone to. */
export const later = {
  engines: { adding: engineAdding, missing: engineMissing, ...engineChanges },
  settings: {
    title: 'Settings',
    theme: 'Theme',
    themes: { dark: 'Night', light: 'Day', system: 'As the system' },
    keys: 'API keys',
    keysBody: 'A key lets a program run workflows for your team. Each is shown once, when it is made.',
    keyName: 'What is it for?',
    createKey: 'Make a key',
    newKey: 'Copy it now: it is not shown again.',
    revoke: 'Revoke',
    revokeNamed: 'Revoke {{name}}',
    noKeys: 'No keys yet.',
    lastUsed: 'used {{when}}',
    neverUsed: 'never used',
    keyNameRule: 'Say in 1 to 100 characters what the key is for.',
    signedInAs: 'Signed in as {{name}}',
    apiDocs: 'API reference',
    keyKinds: { integration: 'program', agent: 'agent', device: 'device' },
    keyStatus: { active: 'in use', expired: 'expired', revoked: 'revoked' },
  },
  cloud,
  storage,
  models,
  gallery,
  taskLog,
  timeline,
  team,
  invitation,
  password,
  pairing,
  webhooks,
  workflow,
  settingsPage,
} as const;
