import { clsx } from 'clsx';
import { Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Page } from '../components/page.tsx';
import { type SettingsSection, sections } from '../components/settings/sections.ts';
import { useConnection } from '../state/connection.ts';
import { useMay } from '../state/rights.ts';
import { intoSight } from '../ui/into-sight.ts';

/** The sections that concern who is here. */
function useSections() {
  const may = useMay();
  const operator = useConnection((state) => state.profile?.is_operator === true);
  return sections.filter((section: SettingsSection) =>
    section.operator ? operator : !section.needs || may(section.needs),
  );
}

function Nav({ open }: { open: string }) {
  const { t } = useTranslation();
  const row = useRef<HTMLElement>(null);
  const here = useRef<HTMLAnchorElement>(null);
  // On a phone the row is wider than the screen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another section is open then
  useEffect(() => intoSight(row.current, here.current), [open]);
  return (
    <nav
      ref={row}
      aria-label={t('settingsPage.nav')}
      className="-mx-4 flex gap-1 overflow-x-auto border-line border-b px-4 pb-2 [scrollbar-width:none] lg:mx-0 lg:flex-col lg:border-b-0 lg:px-0"
    >
      {useSections().map(({ name }) => (
        <Link
          key={name}
          ref={name === open ? here : null}
          href={`/settings/${name}`}
          aria-current={name === open ? 'page' : undefined}
          className={clsx(
            'rounded-control px-3 py-2 font-medium whitespace-nowrap -outline-offset-2 transition-colors',
            name === open ? 'bg-surface text-text' : 'text-soft hover:text-text',
          )}
        >
          {t(`settingsPage.sections.${name}`)}
        </Link>
      ))}
    </nav>
  );
}

/** Everything that is set once: a section each, each with an address of its own. */
export default function Settings({ section = 'appearance' }: { section?: string | undefined }) {
  const { t } = useTranslation();
  const open = useSections().find(({ name }) => name === section);
  return (
    <Page title={t('settings.title')}>
      <div className="grid gap-6 lg:grid-cols-[13rem_minmax(0,42rem)] lg:gap-10">
        <Nav open={section} />
        <section aria-labelledby="settings-section" className="min-w-0">
          {open ? (
            <>
              <h2 id="settings-section" className="mb-4 font-serif text-head">
                {t(`settingsPage.sections.${open.name}`)}
              </h2>
              <Suspense>
                <open.page />
              </Suspense>
            </>
          ) : (
            <h2 id="settings-section" className="text-soft">
              {t('settingsPage.none')}
            </h2>
          )}
        </section>
      </div>
    </Page>
  );
}
