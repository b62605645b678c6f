import { clsx } from 'clsx';
import { Cpu, House, ListTodo, type LucideIcon, Settings2, Users, Workflow } from 'lucide-react';
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
  { href: '/team', name: 'team', icon: Users },
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
function Running({ count }: { count: number }) {
  const { t } = useTranslation();
  if (count === 0) return null;
  return (
    <span className="tabular absolute -top-1.5 left-3.5 flex h-4 min-w-4 items-center justify-center rounded-full bg-accent-fill px-1 font-semibold text-on-accent text-tiny leading-none">
      <span aria-hidden>{count}</span>
      <span className="sr-only">{t('queue.running', { count })}</span>
    </span>
  );
}

export function Rail({ onSettings }: { onSettings: () => void }) {
  const { t } = useTranslation();
  const [location] = useLocation();
  const running = useTasks({ status: 'running' }).data?.length ?? 0;
  return (
    <nav
      aria-label={t('nav.label')}
      className="fixed inset-x-0 bottom-0 z-30 flex border-line border-t bg-surface px-2 pb-[env(safe-area-inset-bottom)] sm:inset-y-0 sm:right-auto sm:w-24 sm:flex-col sm:gap-1 sm:border-t-0 sm:border-r sm:px-2.5 sm:py-4"
    >
      <Link
        href="/"
        aria-label={t('app.name')}
        className="mb-4 hidden justify-center rounded-control py-1 sm:flex"
      >
        <KilnMark size={40} lit={running > 0} />
      </Link>
      {places.map(({ href, name, icon }) => {
        const here = href === '/' ? location === '/' : location.startsWith(href);
        return (
          <Link
            key={href}
            href={href}
            aria-current={here ? 'page' : undefined}
            className={clsx(item, here ? 'text-text sm:bg-ground' : 'text-soft hover:text-text')}
          >
            <Face
              icon={icon}
              label={t(`nav.${name}`)}
              here={here}
              badge={name === 'tasks' && <Running count={running} />}
            />
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
