import { CirclePause, HardDrive, type LucideIcon, TriangleAlert, Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { EngineItem } from '#shared/wire/engines.ts';
import { useEngineAction, useEngines } from '../../api/engine-queries.ts';
import { useAgents, useTasks } from '../../api/queries.ts';
import { usePause, useQueue, useStudio } from '../../api/shell.ts';
import { useConnection } from '../../state/connection.ts';
import { useMay } from '../../state/rights.ts';
import { markSeen, useSeen } from '../../state/seen.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { crashReason, engineHref, nameOf } from '../engine/standing.ts';
import { bytes } from '../format.ts';
import { type Concern, concerns } from './attention.ts';

interface NoteProps {
  readonly icon: LucideIcon;
  readonly colour: 'text-bad' | 'text-wait';
  readonly title: string;
  readonly body?: ReactNode;
  readonly children?: ReactNode;
}

/** One of them: what it is, why, and the way out at the right. */
function Note({ icon: Icon, colour, title, body, children }: NoteProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 px-4 py-3">
      <Icon size={18} strokeWidth={1.5} className={`shrink-0 ${colour}`} aria-hidden />
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium">{title}</p>
        {body && <p className="line-clamp-2 text-small text-soft">{body}</p>}
      </div>
      <div className="flex flex-wrap gap-2">{children}</div>
    </li>
  );
}

function EngineNote({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const may = useMay();
  const { act, isPending } = useEngineAction(engine);
  const crashed = engine.state === 'crashed';
  const name = nameOf(t, engine);
  return (
    <Note
      icon={TriangleAlert}
      colour="text-bad"
      title={t(`attention.${crashed ? 'engineCrashed' : 'engineIncomplete'}`, { name })}
      body={(crashed && engine.fix) || engine.job?.error || crashReason(engine)}
    >
      {crashed && may('startEngine') && (
        <Button disabled={isPending} onClick={() => act('start')}>
          {t('attention.start')}
        </Button>
      )}
      <LinkButton href={engineHref(engine)}>{t('attention.engineLook')}</LinkButton>
    </Note>
  );
}

function PausedNote({ waiting }: { waiting: number }) {
  const { t } = useTranslation();
  const may = useMay()('resumeQueue');
  const pause = usePause();
  const body = t('attention.pausedBody', { count: waiting });
  return (
    <Note
      icon={CirclePause}
      colour="text-wait"
      title={t('attention.paused')}
      body={may ? body : `${body} ${t('attention.pausedAsk')}`}
    >
      {may && (
        <Button disabled={pause.isPending} onClick={() => pause.mutate(false)}>
          {t('attention.resume')}
        </Button>
      )}
    </Note>
  );
}

function FailedNote({ tasks }: { tasks: Extract<Concern, { kind: 'failed' }>['tasks'] }) {
  const { t } = useTranslation();
  const [first] = tasks;
  const one = tasks.length === 1;
  return (
    <Note
      icon={TriangleAlert}
      colour="text-bad"
      title={t('attention.failed', { count: tasks.length, workflow: first.workflow_name })}
      body={first.task_error}
    >
      <LinkButton href={one ? `/tasks/${first.id}` : '/tasks?status=failed'}>
        {t(`attention.${one ? 'look' : 'lookAll'}`)}
      </LinkButton>
      <Button look="quiet" onClick={markSeen}>
        {t('attention.seen')}
      </Button>
    </Note>
  );
}

function ConcernNote({ concern }: { concern: Concern }) {
  const { t } = useTranslation();
  switch (concern.kind) {
    case 'noAgent':
      return (
        <Note
          icon={Unplug}
          colour="text-wait"
          title={t('attention.noAgent')}
          body={t('attention.noAgentBody')}
        >
          <LinkButton href="/agents">{t('attention.noAgentAct')}</LinkButton>
        </Note>
      );
    case 'sick':
      return (
        <Note
          icon={TriangleAlert}
          colour="text-bad"
          title={t('attention.sick', { name: concern.agent.agent_id })}
          body={concern.agent.status_reason}
        >
          <LinkButton href="/agents">{t('attention.noAgentAct')}</LinkButton>
        </Note>
      );
    case 'engine':
      return <EngineNote engine={concern.engine} />;
    case 'disk':
      return (
        <Note
          icon={HardDrive}
          colour="text-bad"
          title={t('attention.disk')}
          body={t('attention.diskBody', { free: bytes(concern.free), total: bytes(concern.total) })}
        >
          <LinkButton href="/settings/about">{t('attention.diskAct')}</LinkButton>
        </Note>
      );
    case 'paused':
      return <PausedNote waiting={concern.waiting} />;
    case 'failed':
      return <FailedNote tasks={concern.tasks} />;
  }
}

const keyOf = (concern: Concern): string =>
  concern.kind === 'engine'
    ? `engine ${concern.engine.agent_id} ${concern.engine.engine_id}`
    : concern.kind === 'sick'
      ? `sick ${concern.agent.agent_id}`
      : concern.kind;

/** What needs a person, each with its way out; nothing at all where all is well. */
export function Attention() {
  const { t } = useTranslation();
  const seenAt = useSeen((all) => all.at);
  const me = useConnection((state) => state.profile?.id);
  // Whoever runs the team hears of everybody's failures, programs' included.
  const all = useMay()('createInvitation');
  const found = concerns({
    agents: useAgents().data,
    engines: useEngines().data?.engine_list,
    failed: useTasks({ status: 'failed' }).data,
    disk: useStudio().data?.disk,
    queue: useQueue().data,
    seenAt,
    me: all ? undefined : me,
  });
  if (found.length === 0) return null;
  return (
    <section aria-label={t('attention.title')} className="mb-6 animate-arrive sm:mb-8">
      <ul className="divide-y divide-line rounded-card border border-line bg-surface">
        {found.map((concern) => (
          <ConcernNote key={keyOf(concern)} concern={concern} />
        ))}
      </ul>
    </section>
  );
}
