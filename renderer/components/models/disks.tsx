import { useTranslation } from 'react-i18next';
import type { ModelSummary } from '#shared/wire/models.ts';
import { Meter } from '../../ui/meter.tsx';
import { bytes } from '../format.ts';
import { Section } from '../page.tsx';

type Agent = ModelSummary['agents'][number];

function AgentDisk({ agent }: { agent: Agent }) {
  const { t } = useTranslation();
  const { agent_id, is_known, bytes: used, disk_total: total, disk_free: free } = agent;
  if (!is_known) {
    return (
      <p className="text-small text-soft">
        <span className="font-medium text-text">{agent_id}</span> {t('models.disks.untold')}
      </p>
    );
  }
  const words = total
    ? t('models.disks.agent', { used: bytes(used), free: bytes(free) })
    : t('models.disks.agentPlain', { used: bytes(used) });
  const share = total ? (total - free) / total : 0;
  return (
    <Meter label={agent_id} words={words} share={share} part={total ? Math.min(share, used / total) : 0} />
  );
}

/** How much room models take: on each machine, and in the library. */
export function Disks({ agents, library }: Pick<ModelSummary, 'agents' | 'library'>) {
  const { t } = useTranslation();
  const used = library.bytes;
  return (
    <Section title={t('models.disks.title')}>
      <div className="grid gap-x-8 gap-y-4 rounded-card border border-line bg-surface p-4 sm:grid-cols-2 lg:grid-cols-3">
        {agents.map((agent) => (
          <AgentDisk key={agent.agent_id} agent={agent} />
        ))}
        <Meter
          label={t('models.disks.library')}
          words={t('models.disks.libraryWords', {
            used: bytes(used),
            count: library.count,
            free: bytes(library.disk_free),
          })}
          share={used / Math.max(1, used + library.disk_free)}
        />
      </div>
    </Section>
  );
}
