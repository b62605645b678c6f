import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SnapshotItem } from '#shared/wire/workflow-life.ts';
import { useWorkflowChange, workflowApi } from '../../api/workflow-life.ts';
import { useMay } from '../../state/rights.ts';
import { Button } from '../../ui/button.tsx';
import { controlClass } from '../../ui/field.tsx';
import { notify } from '../../ui/notices.tsx';

/** Words of a person about a version, written in place. */
export function Note({ snapshot }: { snapshot: SnapshotItem }) {
  const { t } = useTranslation();
  const may = useMay();
  const [draft, setDraft] = useState<string | null>(null);
  const save = useWorkflowChange((note: string) => workflowApi.note(snapshot.workflow_id, snapshot.id, note));
  const { snapshot_note: note = '', workflow_version: version } = snapshot;
  const label = t('workflow.versions.noteOf', { version });
  if (draft === null) {
    if (!may('noteWorkflowSnapshot')) return note ? <p className="text-soft">{note}</p> : null;
    return (
      <button
        type="button"
        aria-label={`${label}: ${note || t('workflow.versions.addNote')}`}
        onClick={() => setDraft(note)}
        className="-mx-1.5 flex items-center gap-1.5 rounded-control px-1.5 text-left text-soft hover:bg-hover hover:text-text"
      >
        {note || t('workflow.versions.addNote')}
        <Pencil size={13} strokeWidth={1.5} aria-hidden className="shrink-0" />
      </button>
    );
  }
  const keep = () =>
    save.mutate(draft.trim(), {
      onSuccess: () => setDraft(null),
      onError: (error) => void notify.bad(error.message),
    });
  return (
    <form
      className="mt-1 flex gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        keep();
      }}
    >
      <input
        // biome-ignore lint/a11y/noAutofocus: the field was asked for by a click
        autoFocus
        aria-label={label}
        maxLength={500}
        value={draft}
        className={`${controlClass} h-9`}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && setDraft(null)}
      />
      <Button type="submit" disabled={save.isPending}>
        {t('workflow.versions.keepNote')}
      </Button>
    </form>
  );
}
