import { z } from 'zod';
import { toTimestamp, uuid } from '#shared/wire/common.ts';
import { callerOf, permit } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import { EventStream, lastEventId } from '../../http/sse.ts';
import type { Rooms } from '../../rooms.ts';
import type { TaskRow } from '../../store/schema.ts';
import { Told } from '../../tasks/events.ts';
import { describe } from './route.ts';

const resume = z.object({
  last_event_id: z
    .string()
    .optional()
    .meta({ description: 'As the header Last-Event-ID, for those who can’t set it.' }),
});
const stream = (example: string) => ({
  description:
    'Server-sent events, each with its JSON on one `data:` line; a comment now and then keeps it open',
  content: { 'text/event-stream': { schema: z.string().meta({ examples: [example] }) } },
});
const taskExample =
  'id: 42\nevent: status\ndata: {"task_id":"019abc12-9012-7890-abcd-ef1234567896","timestamp":"2026-11-23T08:00:00.000Z","status":"running"}\n\n';
const teamExample = 'event: agents_changed\ndata: {"timestamp":"2026-11-23T08:00:00.000Z"}\n\n';

/** Live streams: one task's life (Cyberun spec 5.2), and everything of the team (ours). */
export function eventRoutes(app: App, rooms: Rooms): void {
  const { identity, events, config } = rooms;

  app.get(
    '/r/tasks/:taskId/events',
    {
      onRequest: permit(identity, 'streamTaskEvents'),
      exposeHeadRoute: false,
      schema: describe(
        {
          tag: 'task',
          id: 'streamTaskEvents',
          summary: 'Stream a task’s events',
          description:
            'Begins with where the task stands, then tells what happens, each event as one JSON object on one line:\n' +
            '- `status`: `task_id`, `status`, `timestamp`; with `reason` and `queue_position` while it waits\n' +
            '- `progress`: `progress` (0 to 1), `current_node`, `step_current`, `step_total`\n' +
            '- `preview` and `log` (ours): a picture in base64, lines of the engine\n' +
            '- `completed` with `output` and `outputs`, `failed` with `error`, or `cancelled`: the stream ends\n' +
            '- `error`: the status can’t be read just now; the stream goes on\n\n' +
            'Stored events carry an id; with `Last-Event-ID` the stream goes on after it, with 0 from the very beginning.',
        },
        { params: z.object({ taskId: uuid }), querystring: resume },
        { 200: stream(taskExample) },
      ),
    },
    (request, reply) => {
      const task = rooms.tasks.find(callerOf(request).teamId, request.params.taskId);
      const after = lastEventId(request, request.query.last_event_id);
      const out = new EventStream(request, reply, config.timings.sseHeartbeatMs);
      out.onClose(identity.departures.watch(callerOf(request), () => out.end()));
      followTask(rooms, task, after, out);
    },
  );

  app.get(
    '/events',
    {
      onRequest: permit(identity, 'streamTeamEvents'),
      exposeHeadRoute: false,
      schema: describe(
        {
          tag: 'task',
          id: 'streamTeamEvents',
          summary: 'Stream everything that happens in the team',
          description:
            'Begins with the last progress and preview of each running task; what happened before is in the lists.',
          ours: true,
        },
        {},
        { 200: stream(teamExample) },
      ),
    },
    (request, reply) => {
      const out = new EventStream(request, reply, config.timings.sseHeartbeatMs);
      const { teamId } = callerOf(request);
      out.onClose(identity.departures.watch(callerOf(request), () => out.end()));
      out.onClose(events.onTeam(teamId, (told) => out.send(told)));
      for (const told of events.currentOf(teamId)) out.send(told);
    },
  );
}

/** Tells a task's life to one listener: where it stands (or what it missed since `after`), then what comes. */
function followTask(
  { events, store, config, scheduler }: Rooms,
  task: TaskRow,
  after: number | undefined,
  out: EventStream,
): void {
  let seen = 0;
  const tell = (told: Told): void => {
    if (told.seq !== undefined && told.seq <= seen) return;
    if (told.seq !== undefined) seen = told.seq;
    out.send(told);
    if (told.terminal) out.end();
  };
  const common = () => ({ task_id: task.id, timestamp: toTimestamp(config.clock()) });
  /** Where it stands now, in the place of the last stored status: with today's reason and place in line. */
  const today = (last: Told): Told => {
    const waiting = last.event === 'status' ? scheduler.waiting(task.id) : undefined;
    if (!waiting) return last;
    const place = waiting.position === null ? {} : { queue_position: waiting.position };
    const data = { ...common(), status: task.status, reason: waiting.reason, ...place };
    return new Told(task.team_id, task.id, 'status', data, last.seq);
  };

  // Listening begins before reading what is stored; what comes twice is told once.
  out.onClose(events.onTask(task.id, tell));
  try {
    const stored = events.since(store.read, task.id, 0);
    const last = stored.at(-1);
    // An id beyond our last event is of another studio, or of a database that was restored since: begin anew.
    if (after !== undefined && after <= (last?.seq ?? 0)) {
      seen = after;
      for (const told of stored) tell(told);
      if (last?.terminal) out.end();
    } else if (last) tell(today(last));
    for (const told of events.current(task)) tell(told);
  } catch (error) {
    // The head of the reply is out, so this is an event too; what happens from here on is told all the same.
    config.log.error({ err: error, task: task.id }, 'the events of a task could not be read');
    const data = {
      ...common(),
      message: 'The status of the task can’t be read just now; the stream goes on.',
    };
    tell(new Told(task.team_id, task.id, 'error', data));
  }
}
