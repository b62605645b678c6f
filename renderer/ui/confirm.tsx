import { AlertDialog } from '@base-ui/react/alert-dialog';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';

interface ConfirmProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly body: ReactNode;
  /** Verbs: what happens, and what does not. */
  readonly act: string;
  readonly keep: string;
  readonly danger?: boolean;
  /** False while something has to be typed first. */
  readonly ready?: boolean;
  readonly onAct: () => void;
}

/** Asks once before what can't be taken back, or costs time. */
export function Confirm({
  open,
  onClose,
  title,
  body,
  act,
  keep,
  danger = false,
  ready = true,
  onAct,
}: ConfirmProps) {
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-40 bg-shade transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <AlertDialog.Popup className="fixed top-1/2 left-1/2 z-50 flex w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 -translate-y-1/2 flex-col gap-3 rounded-card border border-line bg-raised p-6 shadow-lift transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0">
          <AlertDialog.Title className="font-serif text-head">{title}</AlertDialog.Title>
          <AlertDialog.Description render={<div />} className="text-soft">
            {body}
          </AlertDialog.Description>
          <div className="mt-3 flex flex-wrap justify-end gap-2">
            <AlertDialog.Close render={<Button />}>{keep}</AlertDialog.Close>
            <Button
              look={danger ? 'danger' : 'primary'}
              disabled={!ready}
              onClick={() => {
                onAct();
                onClose();
              }}
            >
              {act}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
