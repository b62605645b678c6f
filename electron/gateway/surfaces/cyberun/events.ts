import { z } from 'zod';
import { isTerminal } from '#shared/task-states.ts';
import { toTimestamp, uuid } from '#shared/wire/common.ts';
import { access, callerOf } from '../../http/access.ts';
import type { App } from '../../http/app.ts';
import { EventStream, lastEventId } from '../../http/sse.ts';
import type { Rooms } from '../../rooms.ts';
import { Told } from '../../tasks/events.ts';
import { describe } from './route.ts';

const resume = z.object({
  last_event_id: z
    .string()
    .optional()
    .meta({ description: 'As the header Last-Event-ID, for those who can’t set it.' }),
});
const stream = z
  .string()
  .meta({ description: 'text/event-stream; the events are described in shared/wire/events.ts' });

/** Live streams: one task's life (Cyberun spec 5.2), and everything of the team (ours). */
export function eventRoutes(app: App, { identity, tasks, events, store, config, scheduler }: Rooms): void {
  const preHandler = access(identity, 'runtime');

  app.get(
    '/r/tasks/:taskId/events',
    {
      preHandler,
      schema: describe(
        {
          tag: 'task',
          id: 'streamTaskEvents',
          summary: 'Stream a task’s events',
          description:
            'Server-sent events: status, progress, preview, log, then completed, failed or cancelled, which ends the stream. ' +
            'Stored events carry an id; with Last-Event-ID the stream goes on after it.',
        },
        { params: z.object({ taskId: uuid }), querystring: resume },
        { 200: stream },
      ),
    },
    (request, reply) => {
      const task = tasks.find(callerOf(request).teamId, request.params.taskId);
      const after = lastEventId(request, request.query.last_event_id);
      const out = new EventStream(request, reply, config.timings.sseHeartbeatMs);
      // Listening begins before reading what is stored; what comes twice is told once.
      let seen = after;
      const tell = (told: Told): void => {
        if (told.seq !== undefined && told.seq <= seen) return;
        if (told.seq !== undefined) seen = told.seq;
        out.send(told);
        if (told.terminal) out.end();
      };
      out.onClose(events.onTask(task.id, tell));
      const stored = events.since(store.read, task.id, after);
      if (after > 0) for (const told of stored) tell(told);
      else {
        const last = stored.at(-1);
        const now = last?.event === 'status' && snapshot(last.seq);
        if (now) tell(now);
        else if (last) tell(last);
      }
      const progress = events.lastProgress(task.id);
      if (progress) tell(progress);
      if (stored.length === 0 && isTerminal(task.status)) out.end();

      /** Where it stands now, in the place of the last stored status: with today's reason and place in line. */
      function snapshot(seq: number | undefined): Told | false {
        const waiting = scheduler.waiting(task.id);
        if (!waiting) return false;
        const data = {
          task_id: task.id,
          timestamp: toTimestamp(config.clock()),
          status: task.status,
          reason: waiting.reason,
          ...(waiting.position === null ? {} : { queue_position: waiting.position }),
        };
        return new Told(task.team_id, task.id, 'status', data, seq);
      }
    },
  );

  app.get(
    '/events',
    {
      preHandler,
      schema: describe(
        {
          tag: 'task',
          id: 'streamTeamEvents',
          summary: 'Stream everything that happens in the team',
          ours: true,
        },
        {},
        { 200: stream },
      ),
    },
    (request, reply) => {
      const out = new EventStream(request, reply, config.timings.sseHeartbeatMs);
      out.onClose(events.onTeam(callerOf(request).teamId, (told) => out.send(told)));
    },
  );
}
