import { clsx } from 'clsx';
import { Cpu, House, ListTodo, type LucideIcon, Settings2, Workflow } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { useTasks } from '../api/queries.ts';
import { KilnMark } from '../ui/blank.tsx';

const places = [
  { href: '/', name: 'home', icon: House },
  { href: '/workflows', name: 'workflows', icon: Workflow },
  { href: '/tasks', name: 'tasks', icon: ListTodo },
  { href: '/agents', name: 'agents', icon: Cpu },
] as const;

const item =
  'relative flex h-14 min-w-14 flex-1 flex-col items-center justify-center gap-1 rounded-control text-tiny font-medium transition-colors sm:w-full sm:flex-none';

function Face({
  icon: Icon,
  label,
  here,
  badge,
}: {
  icon: LucideIcon;
  label: string;
  here: boolean;
  badge?: ReactNode;
}) {
  return (
    <>
      <span className="relative">
        <Icon size={20} strokeWidth={1.5} aria-hidden className={here ? 'text-accent' : ''} />
        {badge}
      </span>
      {label}
    </>
  );
}

/** How much runs now: the queue is one click away on every page. */
function Running() {
  const { t } = useTranslation();
  const { data } = useTasks({ status: 'running' }, 20);
  const count = data?.length ?? 0;
  if (count === 0) return null;
  return (
    <span className="tabular absolute -top-2 left-3 flex h-4 min-w-4 items-center justify-center rounded-full bg-accent-fill px-1 font-semibold text-[0.6875rem] text-on-accent leading-none">
      <span aria-hidden>{count}</span>
      <span className="sr-only">{t('queue.running', { count })}</span>
    </span>
  );
}

export function Rail({ onSettings }: { onSettings: () => void }) {
  const { t } = useTranslation();
  const [location] = useLocation();
  return (
    <nav
      aria-label={t('nav.label')}
      className="fixed inset-x-0 bottom-0 z-30 flex border-line border-t bg-surface px-2 pb-[env(safe-area-inset-bottom)] sm:inset-y-0 sm:right-auto sm:w-21 sm:flex-col sm:gap-1 sm:border-t-0 sm:border-r sm:px-2.5 sm:py-4"
    >
      <Link
        href="/"
        aria-label={t('app.name')}
        className="mb-4 hidden justify-center rounded-control py-1 sm:flex"
      >
        <KilnMark size={40} />
      </Link>
      {places.map(({ href, name, icon }) => {
        const here = href === '/' ? location === '/' : location.startsWith(href);
        return (
          <Link
            key={href}
            href={href}
            aria-current={here ? 'page' : undefined}
            className={clsx(item, here ? 'text-text sm:bg-raised' : 'text-soft hover:text-text')}
          >
            <Face icon={icon} label={t(`nav.${name}`)} here={here} badge={name === 'tasks' && <Running />} />
          </Link>
        );
      })}
      <button
        type="button"
        onClick={onSettings}
        className={clsx(item, 'text-soft hover:text-text sm:mt-auto')}
      >
        <Face icon={Settings2} label={t('nav.settings')} here={false} />
      </button>
    </nav>
  );
}
