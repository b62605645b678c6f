import { Dialog } from '@base-ui/react/dialog';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useWorkflowChange, workflowApi } from '../../api/workflow-life.ts';
import { Button } from '../../ui/button.tsx';
import { Switch } from '../../ui/controls.tsx';
import { controlClass, describes, Field } from '../../ui/field.tsx';

interface SavePresetProps {
  readonly workflowId: string;
  readonly values: () => Record<string, unknown>;
  readonly onClose: () => void;
  readonly onSaved: (id: string) => void;
}

/** Asks under which name the values shall be kept, and for whom. */
export function SavePreset({ workflowId, values, onClose, onSaved }: SavePresetProps) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const create = useWorkflowChange(() =>
    workflowApi.createPreset(workflowId, { preset_name: name.trim(), values: values(), is_shared: shared }),
  );
  const problem = create.error?.message;
  return (
    <Dialog.Root open onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-shade transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 -translate-y-1/2 rounded-card border border-line bg-raised p-6 shadow-lift">
          <form
            className="flex flex-col gap-4"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              event.stopPropagation(); // the form of the run is around it
              if (!name.trim()) return;
              create.mutate(undefined, {
                onSuccess: ({ id }) => {
                  onSaved(id);
                  onClose();
                },
              });
            }}
          >
            <Dialog.Title className="font-serif text-head">{t('form.presets.saveTitle')}</Dialog.Title>
            <Field id="preset-name" label={t('form.presets.name')} error={problem}>
              <input
                id="preset-name"
                maxLength={100}
                value={name}
                className={`${controlClass} h-10`}
                {...describes('preset-name', problem)}
                onChange={(event) => setName(event.target.value)}
              />
            </Field>
            <div className="flex items-center justify-between gap-4">
              <div>
                <p id="preset-shared" className="font-medium text-small">
                  {t('form.presets.share')}
                </p>
                <p className="text-small text-soft">{t('form.presets.shareHint')}</p>
              </div>
              <Switch aria-labelledby="preset-shared" checked={shared} onChange={setShared} />
            </div>
            <div className="mt-2 flex justify-end gap-2">
              <Dialog.Close render={<Button />}>{t('common.cancel')}</Dialog.Close>
              <Button type="submit" look="primary" disabled={create.isPending || !name.trim()}>
                {t('form.presets.keep')}
              </Button>
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
