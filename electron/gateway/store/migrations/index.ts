import { spine } from './0010-spine.ts';
import { accounts } from './0020-accounts.ts';
import { nodeInfos } from './0030-node-infos.ts';
import { stars } from './0040-stars.ts';
import { editorGraphs } from './0050-editor-graphs.ts';
import { webhooks } from './0060-webhooks.ts';
import { tasks } from './0070-tasks.ts';
import { files } from './0080-files.ts';
import { models } from './0090-models.ts';
import { gallery } from './0100-gallery.ts';
import { workflowLife } from './0110-workflows.ts';
import { elsewhere } from './0120-elsewhere.ts';

export interface Migration {
  /** Rises in tens. */
  readonly version: number;
  readonly name: string;
  /** Runs inside one transaction with the other steps that are due. */
  readonly sql: string;
}

/** Every step, in order. A released step never changes; a new one is added at the end with a test from the one before. */
export const migrations: readonly Migration[] = [
  spine,
  accounts,
  nodeInfos,
  stars,
  editorGraphs,
  webhooks,
  tasks,
  files,
  models,
  gallery,
  workflowLife,
  elsewhere,
];
