import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface SheetProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
  /** Stays in sight at the foot: what to do with what is shown. */
  readonly footer?: ReactNode;
}

/** A page's side drawer: slides in from the right, full width on a phone. */
export function Sheet({ open, onClose, title, children, footer }: SheetProps) {
  const { t } = useTranslation();
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-shade transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup className="fixed inset-y-0 right-0 z-50 flex w-full max-w-md flex-col border-line border-l bg-raised shadow-lift transition-transform data-ending-style:translate-x-full data-starting-style:translate-x-full">
          <header className="flex items-center justify-between gap-4 px-6 pt-6 pb-4">
            <Dialog.Title className="title">{title}</Dialog.Title>
            <Dialog.Close
              aria-label={t('common.close')}
              className="flex size-9 items-center justify-center rounded-control text-soft transition-colors hover:bg-line hover:text-text"
            >
              <X size={18} strokeWidth={1.5} aria-hidden />
            </Dialog.Close>
          </header>
          <div className="flex-1 overflow-y-auto px-6 pb-8">{children}</div>
          {footer && (
            <footer className="flex flex-wrap gap-2 border-line border-t px-6 py-4">{footer}</footer>
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
