import { Check, Flame, Hand, Hourglass, Loader, type LucideIcon, TriangleAlert, Unplug } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { AgentItem, AgentStatus } from '#shared/wire/agents.ts';

type Standing = AgentStatus | 'draining' | 'drained' | 'away';

const looks: Record<Standing, { icon: LucideIcon; colour: string; alive?: boolean }> = {
  idle: { icon: Check, colour: 'text-good' },
  busy: { icon: Flame, colour: 'text-accent-ink', alive: true },
  syncing: { icon: Loader, colour: 'text-wait', alive: true },
  tunnel: { icon: Hand, colour: 'text-idle' },
  unhealthy: { icon: TriangleAlert, colour: 'text-bad' },
  draining: { icon: Hourglass, colour: 'text-wait', alive: true },
  drained: { icon: Hand, colour: 'text-idle' },
  away: { icon: Unplug, colour: 'text-idle' },
};

/** Drained is a decision, not an illness: it comes before what the wire calls unhealthy. */
export const standingOf = (agent: AgentItem): Standing =>
  agent.is_draining ? (agent.running_count > 0 ? 'draining' : 'drained') : agent.agent_status;

/** A shape, a colour and always the word: free, at work, fetching, finishing up, in need of care. */
export function StandingMark({ standing }: { standing: Standing }) {
  const { t } = useTranslation();
  const { icon: Icon, colour, alive } = looks[standing];
  const word =
    standing === 'draining' || standing === 'drained' || standing === 'away'
      ? t(`agentCare.${standing}`)
      : t(`agents.status.${standing}`);
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${colour}`}>
      <Icon size={15} strokeWidth={1.5} aria-hidden className={alive ? 'animate-breathe' : ''} />
      {word}
    </span>
  );
}

export const AgentLight = ({ agent }: { agent: AgentItem }) => <StandingMark standing={standingOf(agent)} />;
