import type { TFunction } from 'i18next';
import type { TaskDetail } from '#shared/wire/tasks.ts';
import type { LiveRun } from '../state/live.ts';
import { duration, ordinal } from './format.ts';

/** Where a task stands, in one sentence to a person. */
export function taskWords(t: TFunction, task: TaskDetail, run?: LiveRun): string {
  switch (task.task_status) {
    case 'pending':
      return t('task.sent');
    case 'waiting': {
      const reason = (task.waiting_reason || t('task.waitingAgent')).replace(/\.$/, '');
      if (!task.queue_position) return reason;
      return t('task.waitingFor', { reason, position: ordinal(task.queue_position) });
    }
    case 'provisioning':
      return t('task.preparing');
    case 'queued':
      return t('task.handedOver', { agent: task.agent_id ?? t('nav.agents') });
    case 'running':
      return run?.node ? runningWords(t, run) : t('task.starting');
    case 'failed':
      return task.task_error || t('task.cause.unknown');
    case 'cancelled':
      return t('task.cancelledBody');
    case 'completed': {
      if (!task.started_at || !task.completed_at) return t('task.status.completed');
      const time = duration(Date.parse(task.completed_at) - Date.parse(task.started_at));
      return task.agent_id
        ? t('task.tookOn', { duration: time, agent: task.agent_id })
        : t('task.took', { duration: time });
    }
  }
}

export function runningWords(t: TFunction, run: LiveRun): string {
  const node = run.nodeTitle || run.node;
  return run.steps > 1 ? `${node}, ${t('task.step', { step: run.step, steps: run.steps })}` : node;
}
