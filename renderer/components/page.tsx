import { clsx } from 'clsx';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';

interface PageProps {
  readonly title: string;
  readonly subtitle?: ReactNode;
  readonly actions?: ReactNode;
  /** Hides the visible heading where the page speaks for itself; it stays for readers and the window title. */
  readonly quiet?: boolean;
  /** As wide as the window, for walls of pictures and graphs. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** The frame of a page: window title, heading, actions at its right end. */
export function Page({ title, subtitle, actions, quiet, wide, children }: PageProps) {
  const { t } = useTranslation();
  const name = t('app.name');
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);
  return (
    <div
      className={clsx('mx-auto w-full px-4 pt-6 pb-24 sm:px-8 sm:pt-8 sm:pb-16', !wide && 'max-w-[1280px]')}
    >
      {quiet ? (
        <h1 className="sr-only">{title}</h1>
      ) : (
        <header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-4 sm:mb-8">
          <div className="min-w-0">
            <h1 className="title">{title}</h1>
            {subtitle && <div className="mt-1 text-soft">{subtitle}</div>}
          </div>
          {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
        </header>
      )}
      {children}
    </div>
  );
}

export function Section({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="mt-8 first:mt-0">
      <div className="mb-3 flex items-baseline justify-between gap-4">
        <h2 className="font-semibold text-lead">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
