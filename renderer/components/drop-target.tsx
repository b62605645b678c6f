import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../state/rights.ts';
import { KilnMark } from '../ui/blank.tsx';
import { notify } from '../ui/notices.tsx';
import { useOpenFile } from './importing/use-open-file.ts';

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/**
 * The whole window takes a dropped workflow. A field that takes files itself says so by handling the event first
 * (`preventDefault`), and the window stays out of its way.
 */
export function DropTarget() {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const open = useOpenFile();
  const allowed = useMay()('importWorkflow');

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const drag = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      setOver(!event.defaultPrevented);
      event.preventDefault();
    };
    window.addEventListener('dragover', drag, { signal });
    window.addEventListener('dragleave', (event) => event.relatedTarget === null && setOver(false), {
      signal,
    });
    window.addEventListener(
      'drop',
      (event) => {
        setOver(false);
        if (event.defaultPrevented || !carriesFiles(event)) return;
        event.preventDefault();
        if (allowed) void open(event.dataTransfer?.files[0]);
        else void notify.bad(t('drop.refused'));
      },
      { signal },
    );
    return () => controller.abort();
  }, [open, allowed, t]);

  if (!over) return null;
  return (
    <div className="pointer-events-none fixed inset-0 z-50 flex items-center justify-center bg-shade p-4 backdrop-blur-sm">
      <div className="ember flex animate-arrive flex-col items-center gap-3 rounded-card bg-raised px-12 py-10 text-center">
        <KilnMark lit={allowed} />
        <p className="title">{t(allowed ? 'drop.title' : 'drop.refusedTitle')}</p>
        <p className="text-soft">{t(allowed ? 'drop.body' : 'drop.refused')}</p>
      </div>
    </div>
  );
}
