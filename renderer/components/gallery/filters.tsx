import { clsx } from 'clsx';
import { SlidersHorizontal, Star, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useOutputFacets } from '../../api/gallery.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/controls.tsx';
import { controlClass } from '../../ui/field.tsx';
import { RestingSearchField } from '../../ui/search-field.tsx';
import { type GalleryFilter, isFiltered, type Span, spans } from './filter.ts';

interface FiltersProps {
  readonly filter: GalleryFilter;
  readonly onChange: (change: Partial<GalleryFilter>) => void;
  readonly onClear: () => void;
}

const chip = (on: boolean) =>
  clsx(
    'flex h-8 shrink-0 items-center gap-1.5 rounded-full border px-3.5 font-medium text-small transition-colors',
    on ? 'border-text bg-text text-ground' : 'border-line text-soft hover:border-faint hover:text-text',
  );

function Kinds({ filter, onChange }: Omit<FiltersProps, 'onClear'>) {
  const { t } = useTranslation();
  const kinds = useOutputFacets().data?.kind_list ?? [];
  const shown = filter.kind || kinds.length > 1 ? [null, ...kinds.map(({ kind }) => kind)] : [];
  return shown.map((kind) => (
    <button
      key={kind ?? 'all'}
      type="button"
      aria-pressed={filter.kind === kind}
      onClick={() => onChange({ kind })}
      className={chip(filter.kind === kind)}
    >
      {t(`gallery.kinds.${kind ?? 'all'}`)}
    </button>
  ));
}

const any = 'any';

function Choices({ filter, onChange }: Omit<FiltersProps, 'onClear'>) {
  const { t } = useTranslation();
  const { data: facets } = useOutputFacets();
  const nameOf = (name: string) => name || t('gallery.unnamed');
  const when = [any, ...spans] as const;
  return (
    <>
      <Select
        aria-label={t('gallery.workflow')}
        value={filter.workflow ?? any}
        onChange={(value) => onChange({ workflow: value === any ? null : value })}
        options={[
          { value: any, label: t('gallery.anyWorkflow') },
          ...(facets?.workflow_list ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        className="sm:w-52!"
      />
      {(filter.person !== null || (facets?.person_list.length ?? 0) > 1) && (
        <Select
          aria-label={t('gallery.person')}
          value={filter.person ?? any}
          onChange={(value) => onChange({ person: value === any ? null : value })}
          options={[
            { value: any, label: t('gallery.anyone') },
            ...(facets?.person_list ?? []).map(({ id, name }) => ({ value: id, label: nameOf(name) })),
          ]}
          className="sm:w-40!"
        />
      )}
      <Select
        aria-label={t('gallery.when')}
        value={filter.span ?? any}
        onChange={(value) => onChange({ span: value === any ? null : (value as Span) })}
        options={when.map((value) => ({ value, label: t(`gallery.spans.${value}`) }))}
        className="sm:w-36!"
      />
      {filter.span === 'days' &&
        (['from', 'to'] as const).map((end) => (
          <input
            key={end}
            type="date"
            aria-label={t(`gallery.${end}`)}
            value={filter[end]}
            onChange={(event) => onChange({ [end]: event.target.value })}
            className={clsx(controlClass, 'h-10 sm:w-36!')}
          />
        ))}
    </>
  );
}

function Values({ filter, onChange }: Omit<FiltersProps, 'onClear'>) {
  const { t } = useTranslation();
  return filter.values.map((one) => (
    <button
      key={`${one.name} ${one.value}`}
      type="button"
      aria-label={t('gallery.dropValue', one)}
      onClick={() => onChange({ values: filter.values.filter((other) => other !== one) })}
      className={clsx(chip(true), 'max-w-72')}
    >
      <span className="truncate">{t('gallery.value', one)}</span>
      <X size={14} strokeWidth={1.5} className="shrink-0" aria-hidden />
    </button>
  ));
}

/** What of everything is shown. All of it stands in the address, so that it can be kept and sent. */
export function Filters({ filter, onChange, onClear }: FiltersProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const toggles = [
    { field: 'starred', icon: Star, label: t('gallery.starredOnly') },
    { field: 'deleted', icon: Trash2, label: t('gallery.deletedOnly') },
  ] as const;
  return (
    <search aria-label={t('gallery.filters')} className="mb-2 flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <RestingSearchField
          label={t('gallery.search')}
          value={filter.text}
          onChange={(text) => onChange({ text })}
          className="min-w-0 sm:max-w-md"
        />
        <Button className="h-10 sm:hidden" aria-expanded={open} onClick={() => setOpen(!open)}>
          <SlidersHorizontal size={16} strokeWidth={1.5} aria-hidden />
          {t('gallery.filter')}
        </Button>
        <div className={clsx('flex-wrap gap-2 max-sm:w-full sm:contents', open ? 'flex' : 'hidden')}>
          <Choices filter={filter} onChange={onChange} />
        </div>
      </div>
      <div
        className={clsx(
          'flex-wrap items-center gap-2',
          open || isFiltered(filter) ? 'flex' : 'hidden sm:flex',
        )}
      >
        <Kinds filter={filter} onChange={onChange} />
        {toggles.map(({ field, icon: Icon, label }) => (
          <button
            key={field}
            type="button"
            aria-pressed={filter[field]}
            onClick={() => onChange({ [field]: !filter[field] })}
            className={chip(filter[field])}
          >
            <Icon size={14} strokeWidth={1.5} aria-hidden />
            {label}
          </button>
        ))}
        <Values filter={filter} onChange={onChange} />
        {isFiltered(filter) && (
          <button
            type="button"
            onClick={onClear}
            className="h-8 px-2 text-small text-soft underline decoration-line underline-offset-4 hover:text-text"
          >
            {t('gallery.clear')}
          </button>
        )}
      </div>
    </search>
  );
}
