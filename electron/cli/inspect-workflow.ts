import { setTimeout as pause } from 'node:timers/promises';
import type { FoundWorkflow } from '#shared/comfy/readers/read.ts';
import type { InspectWorkflowReply } from '#shared/wire/inspect.ts';
import type { ApiClient } from './client.ts';

/** An engine that is just starting has not told its node classes yet. */
const patienceMs = 10_000;

/** What the gateway says of a workflow that was found in a file, once an engine has told its node classes. */
export async function inspectFound(
  client: ApiClient,
  { ui, api, body }: FoundWorkflow,
): Promise<InspectWorkflowReply> {
  const workflow = { ...(ui ? { workflow: ui } : {}), ...(api ? { prompt: api } : {}), ...body };
  const end = Date.now() + patienceMs;
  for (;;) {
    const seen = await client.inspect(workflow);
    if (seen.node_info !== 'none' || Date.now() > end) return seen;
    await pause(250);
  }
}
