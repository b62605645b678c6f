import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { Library, ShieldAlert, TriangleAlert } from 'lucide-react';
import { useDeferredValue, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { InventoryItem, ModelSummary } from '#shared/wire/models.ts';
import { useInventory } from '../../api/model-queries.ts';
import { Select } from '../../ui/controls.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { bytes } from '../format.ts';
import { Section } from '../page.tsx';
import { Problem } from '../problem.tsx';
import { ModelDetail } from './detail.tsx';
import { factWords } from './words.ts';

const rowHeight = 72;
const everything = 'all';

function Marks({ item }: { item: InventoryItem }) {
  const { t } = useTranslation();
  if (item.problem) {
    return (
      <span className="flex items-center gap-1 text-bad" title={item.problem}>
        <TriangleAlert size={14} strokeWidth={1.5} aria-hidden />
      </span>
    );
  }
  if (item.format === 'pickle') {
    return (
      <span className="flex items-center text-wait" title={t('models.pickleHint')}>
        <ShieldAlert size={14} strokeWidth={1.5} aria-hidden />
      </span>
    );
  }
  return null;
}

function Row({ item, onOpen }: { item: InventoryItem; onOpen: () => void }) {
  const { t } = useTranslation();
  const { agents, workflows, model_status, copies } = item;
  const where =
    agents.length === 0 ? t('models.list.nowhere') : t('models.list.machines', { count: agents.length });
  const uses = workflows.length > 0 && t('models.list.workflows', { count: workflows.length });
  const twice = copies > 0 && t('models.list.copies', { count: copies });
  return (
    <button
      type="button"
      onClick={onOpen}
      data-path={item.model_path}
      className="flex h-full w-full items-center gap-4 border-line border-b px-4 text-left -outline-offset-2 transition-colors hover:bg-hover"
    >
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2">
          <span className="truncate font-medium">{item.model_path.slice(item.folder.length + 1)}</span>
          <Marks item={item} />
        </span>
        <span className={`block truncate text-small ${item.problem ? 'text-bad' : 'text-soft'}`}>
          {item.problem || [item.folder, factWords(t, item), twice].filter(Boolean).join(' · ')}
        </span>
      </span>
      <span className="hidden w-44 shrink-0 text-right text-small text-soft sm:block">
        <span className="block">{where}</span>
        {uses && <span className="block">{uses}</span>}
      </span>
      <span className="w-24 shrink-0 text-right">
        <span className="tabular block">{item.size > 0 ? bytes(item.size) : '–'}</span>
        {model_status && (
          <span
            className={`flex items-center justify-end gap-1 text-tiny ${model_status === 'active' ? 'text-good' : 'text-soft'}`}
          >
            <Library size={12} strokeWidth={1.5} aria-hidden />
            {t(model_status === 'active' ? 'models.list.library' : 'models.list.libraryOff')}
          </span>
        )}
      </span>
    </button>
  );
}

/** As many rows as the window shows, however long the list is; the next page comes before it is reached. */
function Rows({
  items,
  total,
  onEnd,
  onOpen,
}: {
  items: readonly InventoryItem[];
  total: number;
  onEnd: () => void;
  onOpen: (path: string) => void;
}) {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useEffect(() => {
    setTop((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
  }, []);
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: top,
  });
  const last = rows.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= items.length - 20 && items.length < total) onEnd();
  }, [last, items.length, total, onEnd]);
  return (
    <ul
      ref={list}
      className="relative overflow-hidden rounded-card border border-line border-b-0 bg-surface"
      style={{ height: rows.getTotalSize() }}
    >
      {rows.getVirtualItems().map(({ index, start, size }) => {
        const item = items[index];
        return (
          item && (
            <li
              key={item.model_path}
              className="absolute inset-x-0 top-0"
              style={{ height: size, transform: `translateY(${start - top}px)` }}
              aria-setsize={total}
              aria-posinset={index + 1}
            >
              <Row item={item} onOpen={() => onOpen(item.model_path)} />
            </li>
          )
        );
      })}
    </ul>
  );
}

/** All models by path: searched by the gateway, drawn as far as one looks. */
export function ModelList({ summary }: { summary: ModelSummary }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [folder, setFolder] = useState(everything);
  const [agent, setAgent] = useState(everything);
  const [open, setOpen] = useState<string>();
  const text = useDeferredValue(typed.trim());
  const wish = {
    text: text || undefined,
    folder: folder === everything ? undefined : folder,
    agent_id: agent === everything ? undefined : agent,
  };
  const query = useInventory(wish);
  const items = query.data?.pages.flatMap(({ model_list }) => model_list) ?? [];
  const total = query.data?.pages[0]?.page_meta.total_count ?? 0;
  const { fetchNextPage } = query;
  const folders = summary.folders.map((one) => ({
    value: one.folder,
    label: `${one.folder} (${one.count})`,
  }));
  const agents = summary.agents.map(({ agent_id }) => ({ value: agent_id, label: agent_id }));
  return (
    <Section
      title={t('models.list.title')}
      aside={<span className="tabular text-small text-soft">{t('models.list.count', { count: total })}</span>}
    >
      <div className="mb-3 flex flex-wrap gap-2">
        <SearchField
          label={t('models.list.search')}
          placeholder={t('models.list.searchHint')}
          value={typed}
          onChange={setTyped}
          className="min-w-56"
        />
        <Select
          aria-label={t('models.list.folder')}
          value={folder}
          options={[{ value: everything, label: t('models.list.allFolders') }, ...folders]}
          onChange={setFolder}
          className="max-w-56"
        />
        {agents.length > 1 && (
          <Select
            aria-label={t('models.list.machine')}
            value={agent}
            options={[{ value: everything, label: t('models.list.allMachines') }, ...agents]}
            onChange={setAgent}
            className="max-w-56"
          />
        )}
      </div>
      {query.isError ? (
        <Problem title={t('errors.loadTitle')} error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data && items.length === 0 ? (
        <p className="rounded-card border border-line bg-surface px-4 py-8 text-center text-soft">
          {t('models.list.nothing')}
        </p>
      ) : (
        <Rows items={items} total={total} onEnd={() => void fetchNextPage()} onOpen={setOpen} />
      )}
      <ModelDetail
        item={items.find(({ model_path }) => model_path === open)}
        onClose={() => setOpen(undefined)}
      />
    </Section>
  );
}
