import { clsx } from 'clsx';
import { Star } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import type { WorkflowListQuery } from '#shared/wire/workflows.ts';
import { useTags } from '../../api/workflow-life.ts';
import { Select } from '../../ui/controls.tsx';
import { SearchField } from '../../ui/search-field.tsx';

const sorts = ['updated', 'created', 'name'] as const;

export interface Wanted {
  readonly text: string;
  readonly tag: string;
  readonly starred: boolean;
  readonly sort: (typeof sorts)[number];
}

/** What is looked for, kept in the address: a found view can be sent to a colleague, and Back leads to it. */
export function useWanted() {
  const [search, setSearch] = useSearchParams();
  const wanted: Wanted = {
    text: search.get('q') ?? '',
    tag: search.get('tag') ?? '',
    starred: search.get('starred') === '1',
    sort: sorts.find((one) => one === search.get('sort')) ?? 'updated',
  };
  const want = (change: Partial<Wanted>) => {
    const { text, tag, starred, sort } = { ...wanted, ...change };
    const given = {
      ...(text && { q: text }),
      ...(tag && { tag }),
      ...(starred && { starred: '1' }),
      ...(sort !== 'updated' && { sort }),
    };
    setSearch(given, { replace: true });
  };
  return { wanted, want, narrowed: Boolean(wanted.text || wanted.tag || wanted.starred) };
}

export const queryOf = ({ text, tag, starred, sort }: Wanted): Partial<WorkflowListQuery> => ({
  ...(text.trim() && { text: text.trim().slice(0, 200) }),
  ...(tag && { tag }),
  ...(starred && { is_starred: 'true' as const }),
  sort,
});

function Chip({ on, onClick, children }: { on: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={onClick}
      className={clsx(
        'flex h-8 items-center gap-1.5 rounded-full border px-3 text-small transition-colors',
        on ? 'border-faint bg-line text-text' : 'border-line text-soft hover:border-faint hover:text-text',
      )}
    >
      {children}
    </button>
  );
}

interface FiltersProps {
  readonly wanted: Wanted;
  readonly want: (change: Partial<Wanted>) => void;
}

/** Words, the star, the tags in use, and the order. */
export function Filters({ wanted, want }: FiltersProps) {
  const { t } = useTranslation();
  const { data: tags = [] } = useTags();
  return (
    <div className="mb-6 flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <SearchField
          label={t('workflow.grid.search')}
          value={wanted.text}
          onChange={(text) => want({ text })}
          className="min-w-56 sm:max-w-80"
        />
        <div className="w-40">
          <Select
            aria-label={t('workflow.grid.sort')}
            value={wanted.sort}
            options={sorts.map((value) => ({ value, label: t(`workflow.grid.sorts.${value}`) }))}
            onChange={(next) => want({ sort: sorts.find((one) => one === next) ?? 'updated' })}
          />
        </div>
      </div>
      <fieldset className="flex flex-wrap gap-2">
        <legend className="sr-only">{t('workflow.grid.tags')}</legend>
        <Chip on={wanted.starred} onClick={() => want({ starred: !wanted.starred })}>
          <Star size={14} strokeWidth={1.5} aria-hidden fill={wanted.starred ? 'currentColor' : 'none'} />
          {t('workflow.grid.starred')}
        </Chip>
        {tags.slice(0, 24).map(({ tag, count }) => (
          <Chip
            key={tag}
            on={wanted.tag === tag}
            onClick={() => want({ tag: wanted.tag === tag ? '' : tag })}
          >
            {tag}
            <span className="tabular text-soft text-tiny">{count}</span>
          </Chip>
        ))}
      </fieldset>
    </div>
  );
}
