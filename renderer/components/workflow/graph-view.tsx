import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { readGraph } from '#shared/comfy/graph.ts';
import type { ParameterDef, WorkflowDetail } from '#shared/wire/workflows.ts';
import { NodeCard, type ToggleField } from '../importing/node-card.tsx';
import { inReadingOrder } from '../importing/reading-order.ts';

/** The graph of a stored workflow, if it has one of nodes. */
export function useGraph(workflow: WorkflowDetail) {
  return useMemo(() => {
    const read =
      workflow.tool_type === 'comfyui' && workflow.workflow_json ? readGraph(workflow.workflow_json) : null;
    return read && 'graph' in read ? read.graph : null;
  }, [workflow]);
}

interface GraphViewProps {
  readonly workflow: WorkflowDetail;
  readonly parameters?: readonly ParameterDef[];
  readonly onToggle?: ToggleField;
  readonly columns?: string;
}

/** Every node as a card, in the order in which a person reads it. */
export function GraphView({
  workflow,
  parameters = workflow.parameters,
  onToggle,
  columns = 'md:columns-2 xl:columns-3',
}: GraphViewProps) {
  const { t } = useTranslation();
  const graph = useGraph(workflow);
  const ids = useMemo(() => (graph ? inReadingOrder(graph) : []), [graph]);
  if (!graph) {
    return (
      <p className="text-soft">
        {t(workflow.workflow_json ? 'workflow.graph.none' : 'workflow.graph.hidden')}
      </p>
    );
  }
  return (
    <>
      <h2 className="sr-only">{t('importing.graphTitle')}</h2>
      <p className="mb-4 text-soft">{t(onToggle ? 'workflow.edit.graphHint' : 'workflow.graph.hint')}</p>
      <div className={`gap-4 ${columns}`}>
        {ids.map((id) => (
          <NodeCard
            key={id}
            graph={graph}
            id={id}
            parameters={parameters}
            {...(onToggle ? { onToggle } : {})}
          />
        ))}
      </div>
    </>
  );
}
