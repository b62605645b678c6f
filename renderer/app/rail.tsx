import { clsx } from 'clsx';
import {
  Boxes,
  Cpu,
  Ellipsis,
  Gauge,
  House,
  Images,
  ListTodo,
  type LucideIcon,
  Search,
  Settings2,
  TriangleAlert,
  Users,
  Workflow,
} from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { useEngines } from '../api/engine-queries.ts';
import { useTasks } from '../api/queries.ts';
import { needsCare } from '../components/engine/standing.ts';
import { openPalette } from '../state/overlays.ts';
import { KilnMark } from '../ui/blank.tsx';

export const places = [
  { href: '/', name: 'home', icon: House },
  { href: '/workflows', name: 'workflows', icon: Workflow },
  { href: '/tasks', name: 'tasks', icon: ListTodo },
  { href: '/models', name: 'models', icon: Boxes, rare: true },
  { href: '/gallery', name: 'gallery', icon: Images },
  { href: '/engines', name: 'engines', icon: Gauge },
  { href: '/agents', name: 'agents', icon: Cpu, rare: true },
  { href: '/team', name: 'team', icon: Users, rare: true },
] as const;

/** At the end of the rail, apart from the places of work. */
const settings = { href: '/settings', name: 'settings', icon: Settings2 } as const;

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

/** An engine went down: said on every page, since nothing runs until somebody looks. */
function Care() {
  const { t } = useTranslation();
  const count = useEngines().data?.engine_list.filter(needsCare).length ?? 0;
  if (count === 0) return null;
  return (
    <span className="absolute -top-2 left-4 flex size-4 items-center justify-center text-bad">
      <TriangleAlert size={14} strokeWidth={2} aria-hidden />
      <span className="sr-only">{t('engines.care', { count })}</span>
    </span>
  );
}

const isHere = (href: string, location: string) =>
  href === '/' ? location === '/' : location.startsWith(href);

type Place = (typeof places)[number] | typeof settings;

function PlaceLink({ place, className = '' }: { place: Place; className?: string }) {
  const { t } = useTranslation();
  const [location] = useLocation();
  const running = useTasks({ status: 'running' }).data?.length ?? 0;
  const { href, name, icon } = place;
  const here = isHere(href, location);
  return (
    <Link
      href={href}
      aria-current={here ? 'page' : undefined}
      className={clsx(item, here ? 'text-text sm:bg-ground' : 'text-soft hover:text-text', className)}
    >
      <Face
        icon={icon}
        label={t(`nav.${name}`)}
        here={here}
        badge={name === 'tasks' ? <Running count={running} /> : name === 'engines' && <Care />}
      />
    </Link>
  );
}

const isRare = (place: Place) => 'rare' in place;

/** A phone's bar holds five: what one goes to seldom lies behind the last. */
function More() {
  const { t } = useTranslation();
  const [location] = useLocation();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it closes when the page has changed
  useEffect(() => setOpen(false), [location]);
  useEffect(() => {
    if (!open) return;
    const left = new AbortController();
    const { signal } = left;
    const outside = ({ target }: Event) => target instanceof Node && !box.current?.contains(target);
    window.addEventListener('pointerdown', (event) => outside(event) && setOpen(false), { signal });
    window.addEventListener('keydown', (event) => event.key === 'Escape' && setOpen(false), { signal });
    return () => left.abort();
  }, [open]);
  const rare = [...places.filter(isRare), settings];
  return (
    <div ref={box} className="flex min-w-14 flex-1 sm:hidden">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className={clsx(
          item,
          open || rare.some(({ href }) => isHere(href, location)) ? 'text-text' : 'text-soft',
        )}
      >
        <Face icon={Ellipsis} label={t('nav.more')} here={open} />
      </button>
      {open && (
        <div className="absolute right-2 bottom-full mb-2 flex animate-arrive gap-1 rounded-card border border-line bg-raised p-1 shadow-lift">
          {rare.map((place) => (
            <PlaceLink key={place.href} place={place} />
          ))}
          <Find onOpen={() => setOpen(false)} />
        </div>
      )}
    </div>
  );
}

/** Opens the palette: for those who do not know its keys. */
function Find({ onOpen, className = '' }: { onOpen?: () => void; className?: string }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      aria-keyshortcuts="Control+K"
      title={t('palette.title')}
      onClick={() => {
        onOpen?.();
        openPalette();
      }}
      className={clsx(item, 'text-soft hover:text-text', className)}
    >
      <Face icon={Search} label={t('palette.open')} here={false} />
    </button>
  );
}

export function Rail() {
  const { t } = useTranslation();
  const running = useTasks({ status: 'running' }).data?.length ?? 0;
  return (
    <nav
      aria-label={t('nav.label')}
      className="fixed inset-x-0 bottom-0 z-30 flex border-line border-t bg-surface px-2 pb-[env(safe-area-inset-bottom)] sm:inset-y-0 sm:right-auto sm:w-24 sm:flex-col sm:gap-1 sm:border-t-0 sm:overflow-y-auto sm:border-r sm:px-2.5 sm:py-4"
    >
      <Link
        href="/"
        aria-label={t('app.name')}
        className="mb-4 hidden justify-center rounded-control py-1 sm:flex"
      >
        <KilnMark size={40} lit={running > 0} />
      </Link>
      {places.map((place) => (
        <PlaceLink key={place.href} place={place} className={isRare(place) ? 'max-sm:hidden' : ''} />
      ))}
      <Find className="max-sm:hidden sm:mt-auto" />
      <PlaceLink place={settings} className="max-sm:hidden" />
      <More />
    </nav>
  );
}
