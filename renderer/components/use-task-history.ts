import { useEffect, useState } from 'react';
import { isTerminal, type TaskStatus } from '#shared/task-states.ts';
import { readTaskEvent } from '../api/live-updates.ts';
import { openStream } from '../api/stream.ts';
import { live } from '../state/live.ts';

export interface Moment {
  readonly status: TaskStatus;
  readonly at: string;
  readonly reason: string | undefined;
  readonly agent: string | undefined;
  readonly engine: string | undefined;
}

/**
 * Every status the task went through, from its own event stream, which tells the stored ones from the start. It also
 * brings the latest progress, preview and log lines, so a page opened in the middle of a run is up to date at once.
 */
export function useTaskHistory(id: string): readonly Moment[] {
  const [moments, setMoments] = useState<readonly Moment[]>([]);
  useEffect(() => {
    let over = false;
    setMoments([]);
    return openStream({
      path: `/r/tasks/${encodeURIComponent(id)}/events?last_event_id=0`,
      finished: () => over,
      onMessage: (message) => {
        const read = readTaskEvent(message);
        if (!read) return;
        const { event, data } = read;
        if (event === 'progress') return live.progress(data);
        if (event === 'preview') return live.preview(data);
        if (event === 'log') return live.log(data);
        if (!('status' in data)) return;
        over = isTerminal(data.status);
        const reason = 'reason' in data ? data.reason : undefined;
        const agent = 'agent_id' in data ? data.agent_id : undefined;
        const engine = 'engine' in data ? data.engine : undefined;
        setMoments((all) => [...all, { status: data.status, at: data.timestamp, reason, agent, engine }]);
      },
    });
  }, [id]);
  return moments;
}
