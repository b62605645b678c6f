import { clsx } from 'clsx';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { AgentItem } from '#shared/wire/agents.ts';
import { Meter } from '../../ui/meter.tsx';
import { ago, bytes } from '../format.ts';
import { AgentActions } from './actions.tsx';
import { Labels } from './labels.tsx';
import { Lend } from './lend.tsx';
import { AgentLight, standingOf } from './light.tsx';
import { Week } from './week.tsx';

/** Why it takes nothing, or nothing more. */
function Reason({ agent }: { agent: AgentItem }) {
  const { t } = useTranslation();
  const standing = standingOf(agent);
  const words =
    standing === 'drained'
      ? t('agentCare.drainedBody')
      : standing === 'draining'
        ? t('agentCare.drainingBody', { count: agent.running_count })
        : agent.status_reason;
  if (!words) return null;
  return (
    <p className={clsx('rounded-control bg-well px-3 py-2', standing === 'unhealthy' && 'text-bad')}>
      {words}
    </p>
  );
}

function Engines({ agent }: { agent: AgentItem }) {
  const { t } = useTranslation();
  return (
    <div>
      <h3 className="mb-1 text-small text-soft">{t('agentCare.engines')}</h3>
      {agent.engines.length === 0 && <p>{t('agentCare.noEngines')}</p>}
      <ul className="flex flex-col">
        {agent.engines.map(({ name, flavour, version, state, reason }) => (
          <li key={name} className="flex items-baseline justify-between gap-4 py-0.5">
            <span className="min-w-0 truncate">
              {flavour === 'starter' ? (
                t('agents.starterEngine')
              ) : (
                <Link
                  href={`/engines/${encodeURIComponent(agent.agent_id)}/${encodeURIComponent(name)}`}
                  className="underline decoration-line underline-offset-4 hover:decoration-accent"
                >
                  {[flavour === 'comfyui' ? 'ComfyUI' : flavour, version].filter(Boolean).join(' ')}
                </Link>
              )}
            </span>
            <span
              className={clsx('shrink-0 text-small', state === 'crashed' ? 'text-bad' : 'text-soft')}
              title={reason}
            >
              {t(`agentCare.engineStates.${state}`)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Devices({ agent }: { agent: AgentItem }) {
  const { t } = useTranslation();
  // Two cards of one kind bear the same name, so the place in the machine tells them apart.
  const devices = agent.system_stats.gpu_devices
    .map((device, place) => ({ ...device, key: `${place} ${device.device_name}` }))
    .filter((device) => device.vram_total > 0 && device.device_type !== 'cpu');
  const memory = { free: bytes(agent.ram_free), total: bytes(agent.ram_total) };
  return (
    <div className="flex flex-col gap-3">
      {devices.map((device) => (
        <Meter
          key={device.key}
          label={device.device_name}
          words={[
            t('agents.vram', { free: bytes(device.vram_free), total: bytes(device.vram_total) }),
            device.load_percent !== undefined &&
              t('agentCare.load', { load: Math.round(device.load_percent) }),
          ]
            .filter(Boolean)
            .join(', ')}
          share={1 - device.vram_free / device.vram_total}
        />
      ))}
      {devices.length === 0 && <p className="text-soft">{t('agents.noDevice')}</p>}
      {agent.ram_total > 0 && (
        <Meter
          label={t('agentCare.memory')}
          words={t('agentCare.memoryFree', memory)}
          share={1 - agent.ram_free / agent.ram_total}
        />
      )}
    </div>
  );
}

/** One machine: how it stands, what it has, what it did, and what can be done with it. */
export function AgentCard({ agent, now }: { agent: AgentItem; now: number }) {
  const { t } = useTranslation();
  const { running_count: running, gpu_capacity: capacity } = agent;
  return (
    <article className="flex h-full flex-col gap-4 rounded-card border border-line bg-surface p-5">
      <header className="flex items-start justify-between gap-4">
        <div className="min-w-0">
          <h2 className="truncate font-semibold text-lead">{agent.agent_id}</h2>
          <p className="truncate text-small text-soft">
            {[agent.hostname !== agent.agent_id && agent.hostname, agent.platform_arch]
              .filter(Boolean)
              .join(', ')}
          </p>
        </div>
        <AgentLight agent={agent} />
      </header>
      <Reason agent={agent} />
      <Meter
        label={t('agentCare.places')}
        words={t('agents.capacity', { running, capacity })}
        share={capacity ? running / capacity : 0}
      />
      <Devices agent={agent} />
      <Engines agent={agent} />
      <Labels agentId={agent.agent_id} all={agent.agent_labels} added={agent.added_labels} />
      <Lend agent={agent} />
      <div className="mt-auto flex flex-col gap-4">
        <Week agentId={agent.agent_id} finished={agent.tasks_completed} />
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="tabular text-small text-soft">
            {t('agentCare.since', { version: agent.agent_version, when: ago(agent.connected_at, now) })}
          </p>
          <AgentActions agentId={agent.agent_id} draining={agent.is_draining} />
        </div>
      </div>
    </article>
  );
}
