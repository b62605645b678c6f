import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AgentItem, AgentStatus } from '#shared/wire/agents.ts';
import { ago, bytes } from './format.ts';

const lights: Record<AgentStatus, string> = {
  idle: 'bg-good',
  busy: 'bg-accent animate-breathe',
  syncing: 'bg-wait animate-breathe',
  tunnel: 'bg-idle',
  unhealthy: 'bg-bad',
};

/** The light and its word: free, at work, fetching, lent, in need of care. */
export function AgentLight({ status }: { status: AgentStatus }) {
  const { t } = useTranslation();
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <span className={clsx('size-2.5 rounded-full', lights[status])} aria-hidden />
      {t(`agents.status.${status}`)}
    </span>
  );
}

function Bar({ share, label }: { share: number; label: string }) {
  return (
    <div className="flex flex-col gap-1.5">
      <div className="h-1 overflow-hidden rounded-full bg-line" aria-hidden>
        <div
          className="h-full rounded-full bg-soft transition-[width]"
          style={{ width: `${share * 100}%` }}
        />
      </div>
      <span className="tabular text-small text-soft">{label}</span>
    </div>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-4 py-1">
      <dt className="text-soft">{name}</dt>
      <dd className="tabular min-w-0 truncate text-right">{children}</dd>
    </div>
  );
}

export function AgentCard({ agent, now }: { agent: AgentItem; now: number }) {
  const { t } = useTranslation();
  // Two cards of one kind bear the same name, so the place in the machine tells them apart.
  const devices = agent.system_stats.gpu_devices
    .map((device, place) => ({ ...device, key: `${place} ${device.device_name}` }))
    .filter((device) => device.vram_total > 0);
  const { running_count: running, gpu_capacity: capacity } = agent;
  // On the wire it is a ComfyUI, whose protocol it speaks; people should know which one draws their pictures.
  const engineName = agent.agent_labels.includes('starter')
    ? t('agents.starterEngine')
    : [agent.tool === 'comfyui' ? 'ComfyUI' : agent.tool, agent.tool_version].filter(Boolean).join(' ');
  return (
    <article className="flex h-full flex-col gap-4 rounded-card border border-line bg-surface p-5">
      <header className="flex items-start justify-between gap-4">
        <div className="min-w-0">
          <h2 className="truncate font-semibold text-lead">{agent.agent_id}</h2>
          {agent.hostname && agent.hostname !== agent.agent_id && (
            <p className="truncate text-soft">{agent.hostname}</p>
          )}
        </div>
        <AgentLight status={agent.agent_status} />
      </header>
      {agent.status_reason && (
        <p
          className={clsx(
            'rounded-control bg-well px-3 py-2',
            agent.agent_status === 'unhealthy' && 'text-bad',
          )}
        >
          {agent.status_reason}
        </p>
      )}
      <Bar share={capacity ? running / capacity : 0} label={t('agents.capacity', { running, capacity })} />
      {devices.length === 0 && <p className="text-soft">{t('agents.noDevice')}</p>}
      {devices.map((device) => (
        <div key={device.key} className="flex flex-col gap-2">
          <p className="truncate font-medium">{device.device_name}</p>
          <Bar
            share={1 - device.vram_free / device.vram_total}
            label={t('agents.vram', { free: bytes(device.vram_free), total: bytes(device.vram_total) })}
          />
        </div>
      ))}
      <dl className="mt-auto text-small">
        <Row name={t('agents.engine')}>{engineName}</Row>
        <Row name={t('agents.version')}>{agent.agent_version}</Row>
        <Row name={t('agents.machine')}>{agent.platform_arch}</Row>
        <Row name={t('agents.done')}>{agent.tasks_completed}</Row>
        <Row name={t('agents.since')}>{ago(agent.connected_at, now)}</Row>
      </dl>
      {agent.agent_labels.length > 0 && (
        <ul className="flex flex-wrap gap-1.5" aria-label={t('agents.labels')}>
          {agent.agent_labels.map((label) => (
            <li key={label} className="rounded-full border border-line px-2.5 py-0.5 text-small text-soft">
              {label}
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}
