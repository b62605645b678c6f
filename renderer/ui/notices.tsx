import { Toast } from '@base-ui/react/toast';
import { Check, TriangleAlert, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

const manager = Toast.createToastManager<Ended>();

/** The end of tasks: where they are to be looked at. */
interface Ended {
  readonly title: string;
  readonly body: string;
  readonly href: string;
  readonly bad: boolean;
}

/** Says something that belongs to no field and no page. Bad news stays until it is closed. */
export const notify = {
  bad: (message: string) => manager.add({ description: message, priority: 'high', timeout: 0 }),
  done: (message: string) => manager.add({ description: message, timeout: 4000 }),
  /** Something that can be taken back for a while. */
  undo: (message: string, label: string, onUndo: () => void) => {
    const id = manager.add({
      description: message,
      timeout: 10_000,
      actionProps: {
        children: label,
        onClick: () => {
          manager.close(id);
          onUndo();
        },
      },
    });
    return id;
  },
  /** Takes the place of the one before: ends of tasks never pile up. */
  ended: (data: Ended) =>
    manager.add({ id: `ended ${data.bad}`, title: data.title, data, timeout: data.bad ? 0 : 8000 }),
};

function EndedBody({ data, onLook }: { data: Ended; onLook: () => void }) {
  const { t } = useTranslation();
  const Icon = data.bad ? TriangleAlert : Check;
  return (
    <>
      <Icon
        size={17}
        strokeWidth={1.5}
        aria-hidden
        className={`mt-0.5 shrink-0 ${data.bad ? 'text-bad' : 'text-good'}`}
      />
      <div className="min-w-0 flex-1">
        <Toast.Title className="font-medium">{data.title}</Toast.Title>
        {data.body && <Toast.Description className="line-clamp-2 text-soft">{data.body}</Toast.Description>}
      </div>
      <Link href={data.href} onClick={onLook} className="underline decoration-line underline-offset-4">
        {t('notices.open')}
      </Link>
    </>
  );
}

function List() {
  const { t } = useTranslation();
  const { toasts, close } = Toast.useToastManager<Ended>();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="mt-2 flex items-start gap-3 rounded-card border border-line bg-raised p-4 shadow-lift transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0"
    >
      {toast.data ? (
        <EndedBody data={toast.data} onLook={() => close(toast.id)} />
      ) : (
        <Toast.Description className="flex-1" />
      )}
      {toast.actionProps && (
        <Toast.Action className="font-semibold text-accent-ink underline-offset-4 hover:underline" />
      )}
      <Toast.Close aria-label={t('common.close')} className="text-soft hover:text-text">
        <X size={16} strokeWidth={1.5} aria-hidden />
      </Toast.Close>
    </Toast.Root>
  ));
}

export function Notices() {
  return (
    <Toast.Provider toastManager={manager}>
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-20 left-4 z-50 mx-auto max-w-md sm:right-6 sm:bottom-6 sm:left-auto sm:w-md">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}
