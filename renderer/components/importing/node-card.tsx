import { clsx } from 'clsx';
import { ArrowLeft, SlidersHorizontal } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type Graph, type GraphNode, isLink } from '#shared/comfy/graph.ts';
import { titleOf } from '#shared/comfy/propose/shape.ts';
import type { ParameterDef } from '#shared/wire/workflows.ts';
import { isTarget } from '../../state/import-draft.ts';
import { Checkbox } from '../../ui/controls.tsx';

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Makes a field a parameter, or no longer. */
export type ToggleField = (node: string, field: string) => void;

interface LiteralProps {
  readonly node: GraphNode;
  readonly id: string;
  readonly field: string;
  readonly on: boolean;
  readonly onToggle: ToggleField | undefined;
}

function Literal({ node, id, field, on, onToggle }: LiteralProps) {
  const { t } = useTranslation();
  const label = t('importing.mark', { field, title: titleOf(node) });
  const value = node.inputs[field];
  const simple = onToggle && ['string', 'number', 'boolean'].includes(typeof value);
  return (
    <li
      className={clsx(
        'relative flex items-start gap-3 px-4 py-2 transition-colors',
        on ? 'bg-accent/8' : simple && 'hover:bg-hover',
      )}
    >
      {simple && <Checkbox wide checked={on} onChange={() => onToggle(id, field)} aria-label={label} />}
      <span className={clsx('w-28 shrink-0 truncate', on ? 'text-text' : 'text-soft')}>{field}</span>
      <span className="tabular line-clamp-3 min-w-0 flex-1 whitespace-pre-line">{shown(value)}</span>
      {on && !onToggle && (
        <SlidersHorizontal
          size={14}
          strokeWidth={1.5}
          role="img"
          aria-label={t('workflow.graph.isParameter')}
          className="mt-0.5 shrink-0 text-accent-ink"
        />
      )}
    </li>
  );
}

/** A node as a person reads it: its title, its values, and where the rest comes from. */
export function NodeCard({
  graph,
  id,
  parameters,
  onToggle,
}: {
  graph: Graph;
  id: string;
  parameters: readonly ParameterDef[];
  /** Left out where the graph is only looked at. */
  onToggle?: ToggleField;
}) {
  const { t } = useTranslation();
  const node = graph[id];
  if (!node) return null;
  const inputs = Object.entries(node.inputs);
  const title = titleOf(node);
  return (
    <article className="mb-4 break-inside-avoid overflow-hidden rounded-card border border-line bg-surface">
      <header className="flex items-baseline justify-between gap-3 px-4 pt-3 pb-2">
        <h3 className="truncate font-semibold">{title}</h3>
        <span className="truncate text-soft text-tiny">
          {title === node.class_type ? `#${id}` : node.class_type}
        </span>
      </header>
      {inputs.length > 0 && (
        <ul className="pb-2">
          {inputs.map(([field, value]) => {
            if (!isLink(value)) {
              const on = parameters.some((def) => isTarget(def, id, field));
              return <Literal key={field} node={node} id={id} field={field} on={on} onToggle={onToggle} />;
            }
            const source = graph[value[0]];
            return (
              <li key={field} className="flex items-center gap-3 px-4 py-1.5 text-small text-soft">
                <ArrowLeft size={14} strokeWidth={1.5} aria-hidden className="mx-0.75 shrink-0" />
                <span className="w-28 shrink-0 truncate">{field}</span>
                <span className="truncate">
                  {t('importing.linked', { title: source ? titleOf(source) : value[0] })}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </article>
  );
}
