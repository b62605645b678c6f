import {
  Ban,
  Check,
  CircleDashed,
  CircleDot,
  Flame,
  Hourglass,
  type LucideIcon,
  Send,
  TriangleAlert,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { TaskStatus } from '#shared/task-states.ts';

const marks: Record<TaskStatus, { icon: LucideIcon; colour: string }> = {
  pending: { icon: Send, colour: 'text-wait' },
  waiting: { icon: Hourglass, colour: 'text-wait' },
  provisioning: { icon: CircleDashed, colour: 'text-wait' },
  queued: { icon: CircleDot, colour: 'text-wait' },
  running: { icon: Flame, colour: 'text-accent-ink' },
  completed: { icon: Check, colour: 'text-good' },
  failed: { icon: TriangleAlert, colour: 'text-bad' },
  cancelled: { icon: Ban, colour: 'text-idle' },
};

/** A status is never a colour alone: a shape of its own and its word. */
export function StatusMark({ status }: { status: TaskStatus }) {
  const { t } = useTranslation();
  const { icon: Icon, colour } = marks[status];
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${colour}`}>
      <Icon
        size={15}
        strokeWidth={1.5}
        aria-hidden
        className={status === 'running' ? 'animate-breathe' : ''}
      />
      {t(`task.status.${status}`)}
    </span>
  );
}
