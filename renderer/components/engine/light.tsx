import {
  Check,
  CircleDashed,
  Flame,
  Loader,
  type LucideIcon,
  Moon,
  TriangleAlert,
  Wrench,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { EngineItem } from '#shared/wire/engines.ts';
import { type Standing, standingOf } from './standing.ts';

const looks: Record<Standing, { icon: LucideIcon; colour: string; alive?: boolean }> = {
  crashed: { icon: TriangleAlert, colour: 'text-bad' },
  broken: { icon: TriangleAlert, colour: 'text-bad' },
  incomplete: { icon: CircleDashed, colour: 'text-wait' },
  working: { icon: Wrench, colour: 'text-wait', alive: true },
  starting: { icon: Loader, colour: 'text-wait', alive: true },
  busy: { icon: Flame, colour: 'text-accent-ink', alive: true },
  ready: { icon: Check, colour: 'text-good' },
  stopped: { icon: Moon, colour: 'text-idle' },
};

/** How it stands: a shape and a colour of its own, and always the word. */
export function EngineLight({ engine }: { engine: EngineItem }) {
  const { t } = useTranslation();
  const standing = standingOf(engine);
  const { icon: Icon, colour, alive } = looks[standing];
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${colour}`}>
      <Icon size={15} strokeWidth={1.5} aria-hidden className={alive ? 'animate-breathe' : ''} />
      {t(`engines.light.${standing === 'working' && engine.job ? engine.job.kind : standing}`)}
    </span>
  );
}
