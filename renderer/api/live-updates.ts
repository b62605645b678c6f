import type { QueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import { isTerminal } from '#shared/task-states.ts';
import { type TaskEvent, type TaskEventName, taskEvents } from '#shared/wire/events.ts';
import type { TaskDetail, taskList } from '#shared/wire/tasks.ts';
import { useConnection } from '../state/connection.ts';
import { tellEnding } from '../state/endings.ts';
import { live } from '../state/live.ts';
import { keys, queryClient } from './queries.ts';
import type { SseMessage } from './sse.ts';
import { openStream } from './stream.ts';

type Change = Partial<TaskDetail>;
type TaskPage = z.infer<typeof taskList>;

const patched = (tasks: readonly TaskDetail[], id: string, change: Change) =>
  tasks.map((task) => (task.id === id && !isTerminal(task.task_status) ? { ...task, ...change } : task));

/** Writes a change of one task into every list and page that shows it. */
function patchTask(client: QueryClient, id: string, change: Change): void {
  client.setQueryData<TaskDetail>(keys.task(id), (task) => task && patched([task], id, change)[0]);
  client.setQueriesData<TaskPage>(
    { queryKey: [...keys.tasks, 'rows'] },
    (page) => page && { ...page, task_list: patched(page.task_list, id, change) },
  );
  client.setQueriesData<TaskDetail[]>(
    { queryKey: [...keys.tasks, 'page'] },
    (tasks) => tasks && patched(tasks, id, change),
  );
}

let refreshing = false;

/** Lists change order and membership: fetched again, once for a burst of events. */
function refreshLists(client: QueryClient): void {
  if (refreshing) return;
  refreshing = true;
  setTimeout(() => {
    refreshing = false;
    void client.invalidateQueries({ queryKey: keys.tasks });
    void client.invalidateQueries({ queryKey: ['task'] }); // places in line move with every start
    void client.invalidateQueries({ queryKey: keys.agents });
    void client.invalidateQueries({ queryKey: ['queue'] });
  }, 400);
}

const throttled = new Set<string>();

/** A start tells of itself line by line: fetched again once for a burst. */
function refreshSoon(client: QueryClient, key: readonly [string]): void {
  if (throttled.has(key[0])) return;
  throttled.add(key[0]);
  setTimeout(() => {
    throttled.delete(key[0]);
    void client.invalidateQueries({ queryKey: key });
  }, 400);
}

/** Brings one message of the event streams into the cache and the live store. Unknown events are left alone. */
export function applyMessage(message: SseMessage, client: QueryClient = queryClient): void {
  if (message.event === 'agents_changed') return void client.invalidateQueries({ queryKey: keys.agents });
  if (message.event === 'queue_changed' || message.event === 'tasks_changed') {
    refreshSoon(client, ['queue']);
    return void refreshLists(client);
  }
  if (message.event === 'engines_changed') return void refreshSoon(client, keys.engines);
  if (message.event === 'webhooks_changed') return void refreshSoon(client, keys.webhooks);
  if (message.event === 'models_changed') return void refreshSoon(client, keys.models);
  if (message.event === 'outputs_changed') return void refreshSoon(client, keys.outputs);
  if (message.event === 'workflows_changed')
    return void client.invalidateQueries({ queryKey: keys.workflows });
  const event = readTaskEvent(message);
  if (event) applyTaskEvent(client, event);
}

/** A message of a task's life, checked against its schema; null for any other. */
export function readTaskEvent(message: SseMessage): TaskEvent | null {
  const schema = taskEvents[message.event as TaskEventName];
  const parsed = schema?.safeParse(JSON.parse(message.data));
  return parsed?.success ? ({ event: message.event, data: parsed.data } as TaskEvent) : null;
}

function applyTaskEvent(client: QueryClient, { event, data }: TaskEvent): void {
  switch (event) {
    case 'progress':
      live.progress(data);
      patchTask(client, data.task_id, { progress: data.progress });
      break;
    case 'preview':
      live.preview(data);
      break;
    case 'log':
      live.log(data);
      break;
    case 'status':
      if (data.status !== 'running') live.restart(data.task_id);
      patchTask(client, data.task_id, {
        task_status: data.status,
        // Whoever still waits keeps the place and reason known so far until the event or the list brings new ones.
        ...(data.reason !== undefined || data.status === 'running'
          ? { waiting_reason: data.reason ?? '' }
          : {}),
        ...(data.queue_position !== undefined || data.status !== 'waiting'
          ? { queue_position: data.queue_position ?? null }
          : {}),
        ...(data.agent_id ? { agent_id: data.agent_id } : {}),
        ...(data.status === 'running' ? { started_at: data.timestamp } : {}),
      });
      refreshLists(client);
      break;
    case 'completed':
    case 'failed':
    case 'cancelled':
      patchTask(client, data.task_id, {
        task_status: event,
        completed_at: data.timestamp,
        ...(event === 'failed' ? { task_error: data.error } : {}),
      });
      void client.invalidateQueries({ queryKey: keys.task(data.task_id) });
      void client.invalidateQueries({ queryKey: keys.result(data.task_id) });
      if (event === 'completed') refreshSoon(client, keys.outputs);
      if (event !== 'cancelled') tellEnding({ id: data.task_id, status: event });
      refreshLists(client);
      break;
    case 'error': // the stream may go on
  }
}

/** Follows the team for as long as the desk is signed in. After a break everything shown is fetched again. */
export function followTeam(): () => void {
  let broken = false;
  return openStream({
    path: '/events',
    onMessage: (message) => applyMessage(message),
    onLine: (up) => {
      useConnection.setState({ stream: up ? 'open' : 'broken' });
      if (up && broken) void queryClient.invalidateQueries();
      broken = !up;
    },
  });
}
