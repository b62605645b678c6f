import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';

interface OverProps {
  /** What it is, for those who can't see it. */
  readonly label: string;
  readonly title: ReactNode;
  readonly actions: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Lies over the whole window: the works alone, and what one can do with them. */
export function Over({ label, title, actions, onClose, children }: OverProps) {
  const { t } = useTranslation();
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Popup
          aria-label={label}
          className="fixed inset-0 z-40 flex flex-col bg-ground outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0"
        >
          <header className="flex min-h-14 items-center gap-1 border-line border-b px-2 sm:gap-2 sm:px-4">
            <Button look="quiet" size="icon" aria-label={t('gallery.close')} onClick={onClose}>
              <X size={18} strokeWidth={1.5} aria-hidden />
            </Button>
            <div className="min-w-0 flex-1 truncate">{title}</div>
            <div className="flex items-center gap-1">{actions}</div>
          </header>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
