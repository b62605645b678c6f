import { clsx } from 'clsx';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { AgentItem } from '#shared/wire/agents.ts';
import { useAgents } from '../../api/queries.ts';
import { Meter } from '../../ui/meter.tsx';
import { AgentLight } from '../agents/light.tsx';
import { bytes } from '../format.ts';
import { Section } from '../page.tsx';

type Gpu = AgentItem['system_stats']['gpu_devices'][number];

/** One GPU in two lines: how full its memory is, how hard and how hot it works. */
function GpuGlance({ gpu }: { gpu: Gpu }) {
  const { t } = useTranslation();
  const figures = [
    gpu.load_percent !== undefined && t('engines.loadShort', { percent: Math.round(gpu.load_percent) }),
    gpu.temperature_c !== undefined && t('engines.temperatureOf', { degrees: Math.round(gpu.temperature_c) }),
  ].filter((one) => one !== false);
  return (
    <div className="flex flex-col gap-1.5">
      <Meter
        label={gpu.device_name}
        words={t('engines.vramUsed', {
          used: bytes(gpu.vram_total - gpu.vram_free),
          total: bytes(gpu.vram_total),
        })}
        share={1 - gpu.vram_free / gpu.vram_total}
      />
      {figures.length > 0 && <p className="tabular text-small text-soft">{figures.join(' · ')}</p>}
    </div>
  );
}

function MachineGlance({ agent }: { agent: AgentItem }) {
  const { t } = useTranslation();
  const gpus = agent.system_stats.gpu_devices
    .map((gpu, place) => ({ gpu, key: `${place} ${gpu.device_name}` }))
    .filter(({ gpu }) => gpu.vram_total > 0 && gpu.device_type !== 'cpu');
  return (
    <li className="flex flex-col gap-3 rounded-card border border-line bg-surface px-4 py-3.5">
      <div className="flex items-baseline justify-between gap-4">
        <span className="truncate font-medium">{agent.agent_id}</span>
        <span className="text-small text-soft">
          <AgentLight agent={agent} />
        </span>
      </div>
      {gpus.length === 0 && <p className="text-small text-soft">{t('machines.processor')}</p>}
      {gpus.map(({ gpu, key }) => (
        <GpuGlance key={key} gpu={gpu} />
      ))}
    </li>
  );
}

/** Every machine at a glance: free or at work, and how full its GPUs are. */
export function Machines({ narrow }: { narrow: boolean }) {
  const { t } = useTranslation();
  const { data: agents } = useAgents();
  if (!agents?.length) return null;
  return (
    <Section
      title={t('machines.title')}
      aside={
        <Link
          href="/agents"
          className="text-small text-soft underline decoration-line underline-offset-4 hover:text-text"
        >
          {t('home.allAgents')}
        </Link>
      }
    >
      <ul className={clsx('grid gap-3 sm:grid-cols-2', narrow ? 'lg:grid-cols-1' : 'lg:grid-cols-3')}>
        {agents.map((agent) => (
          <MachineGlance key={agent.agent_id} agent={agent} />
        ))}
      </ul>
    </Section>
  );
}
