import { type Context, type Scope, widgetsAt } from './scope.ts';
import { replaceText } from './text.ts';

/** Fills in `%date%` and `%Node.widget%` of a text at one place. */
export function replaceAt(context: Context, scope: Scope, text: string, now: Date | undefined): string {
  if (!text.includes('%')) return text;
  let top = scope;
  while (top.parent) top = top.parent;
  return replaceText(text, {
    now,
    nodes: () => top.graph.nodes.values(),
    widget: (node, name) => widgetsAt(context, top, node).find((widget) => widget.name === name),
  });
}
