import { Menu } from '@base-ui/react/menu';
import { Bookmark, ChevronDown } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Preset } from '#shared/wire/workflow-life.ts';
import type { WorkflowDetail } from '#shared/wire/workflows.ts';
import { usePresets, useWorkflowChange, workflowApi } from '../../api/workflow-life.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { notify } from '../../ui/notices.tsx';
import { SavePreset } from './save-preset.tsx';

interface PresetsProps {
  readonly workflow: WorkflowDetail;
  /** The form as it stands, in the shape that a run takes. */
  readonly values: () => Record<string, unknown>;
  readonly onUse: (preset: Preset) => void;
}

const tell = (error: Error) => void notify.bad(error.message);

function Item({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <Menu.Item
      onClick={onClick}
      className="flex min-h-9 cursor-default items-center justify-between gap-4 rounded-control px-2.5 py-1.5 outline-none data-highlighted:bg-line"
    >
      {children}
    </Menu.Item>
  );
}

/** Named values of this form: one's own and the team's. */
export function Presets({ workflow, values, onUse }: PresetsProps) {
  const { t } = useTranslation();
  const may = useMay();
  const { data: presets = [] } = usePresets(workflow.id);
  const [usedId, setUsed] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const used = presets.find((one) => one.id === usedId);
  const update = useWorkflowChange((id: string) =>
    workflowApi.updatePreset(workflow.id, id, { values: values() }),
  );
  const remove = useWorkflowChange((id: string) => workflowApi.removePreset(workflow.id, id));
  const changeable = used && (used.is_mine || may('updateWorkflow'));
  return (
    <div className="flex items-center justify-end">
      <Menu.Root>
        <Menu.Trigger render={<Button look="quiet" className="-mr-3 max-w-full" />}>
          <Bookmark size={16} strokeWidth={1.5} aria-hidden />
          <span className="truncate">{used?.preset_name ?? t('form.presets.title')}</span>
          <ChevronDown size={15} strokeWidth={1.5} aria-hidden />
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner sideOffset={4} align="end" className="z-50">
            <Menu.Popup className="max-h-[min(24rem,var(--available-height))] w-72 overflow-y-auto rounded-card border border-line bg-raised p-1 shadow-lift outline-none">
              {presets.length === 0 && (
                <p className="px-2.5 py-2 text-small text-soft">{t('form.presets.none')}</p>
              )}
              {presets.map((preset) => (
                <Item
                  key={preset.id}
                  onClick={() => {
                    setUsed(preset.id);
                    onUse(preset);
                  }}
                >
                  <span className="truncate">{preset.preset_name}</span>
                  {preset.is_shared && (
                    <span className="truncate text-soft text-tiny">
                      {preset.is_mine ? t('form.presets.shared') : preset.made_by}
                    </span>
                  )}
                </Item>
              ))}
              <Menu.Separator className="my-1 border-line border-t" />
              <Item onClick={() => setSaving(true)}>{t('form.presets.save')}</Item>
              {changeable && (
                <>
                  <Item
                    onClick={() =>
                      update.mutate(used.id, {
                        onError: tell,
                        onSuccess: () =>
                          void notify.done(t('form.presets.updated', { name: used.preset_name })),
                      })
                    }
                  >
                    {t('form.presets.update', { name: used.preset_name })}
                  </Item>
                  <Item onClick={() => setDeleting(true)}>
                    <span className="text-bad">{t('form.presets.delete', { name: used.preset_name })}</span>
                  </Item>
                </>
              )}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      {saving && (
        <SavePreset
          workflowId={workflow.id}
          values={values}
          onClose={() => setSaving(false)}
          onSaved={setUsed}
        />
      )}
      {used && (
        <Confirm
          open={deleting}
          onClose={() => setDeleting(false)}
          title={t('form.presets.deleteTitle', { name: used.preset_name })}
          body={t(used.is_shared ? 'form.presets.deleteShared' : 'form.presets.deleteBody')}
          act={t('form.presets.deleteAct')}
          keep={t('form.presets.deleteKeep')}
          danger
          onAct={() => remove.mutate(used.id, { onError: tell })}
        />
      )}
    </div>
  );
}
