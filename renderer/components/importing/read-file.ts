import { type Graph, readGraph } from '#shared/comfy/graph.ts';
import { inspectWorkflow } from '#shared/comfy/inspect.ts';
import { defineParameters } from '#shared/comfy/parameters.ts';
import { type FoundWorkflow, readJson, readWorkflowFile } from '#shared/comfy/readers/read.ts';
import type { InspectWorkflowReply } from '#shared/wire/inspect.ts';
import { importWorkflowRequest, type ParameterDef } from '#shared/wire/workflows.ts';
import { api } from '../../api/endpoints.ts';
import { i18n } from '../../app/i18n.ts';

/** A workflow that was read but not imported yet. `extra` are the fields of an import body that the page does not edit. */
export interface Draft {
  readonly file: string;
  readonly graph: Graph;
  readonly name: string;
  readonly slug: string;
  readonly description: string;
  readonly parameters: readonly ParameterDef[];
  readonly extra: Readonly<Record<string, unknown>>;
  /** What the gateway found out about it; absent for what came without a file. */
  readonly findings?: InspectWorkflowReply;
}

type Read = { draft: Draft } | { problem: string };

/** Videos carry workflows too. */
const largest = 512 * 1024 * 1024;

export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100);

const nameOf = (file: string): string => {
  const words = file
    .replace(/\.[a-z0-9]{2,11}$/i, '')
    .replace(/[_-]+/g, ' ')
    .replace(/\s*\b(api|workflow)\b\s*$/i, '')
    .trim();
  return words ? words[0]?.toUpperCase() + words.slice(1) : '';
};

/** An import body, as programs send it and the samples are written. */
function fromBody(file: string, value: unknown): Read | null {
  const parsed = importWorkflowRequest.safeParse(value);
  if (!parsed.success) return null;
  const { workflow_json, display_name, workflow_slug, description, parameters, ...extra } = parsed.data;
  const read = readGraph(workflow_json);
  if ('problem' in read) return read;
  const defined = defineParameters(parameters, read.graph);
  if ('problem' in defined) return defined;
  return {
    draft: {
      file,
      graph: read.graph,
      name: display_name,
      slug: workflow_slug,
      description,
      parameters: defined.parameters,
      extra,
    },
  };
}

/** A draft of a graph that needs nobody's help: an import body, or a graph in API format. */
export function readWorkflow(file: string, value: unknown): Read {
  const body = fromBody(file, value);
  if (body) return body;
  try {
    const { graph, parameters } = inspectWorkflow(readJson(value), {});
    return { draft: draftOf(file, graph, parameters) };
  } catch (error) {
    return { problem: i18n.t('importing.notGraph', { file, problem: (error as Error).message }) };
  }
}

function draftOf(file: string, graph: Graph, parameters: readonly ParameterDef[]): Draft {
  const name = nameOf(file);
  return { file, graph, name, slug: slugOf(name), description: '', parameters, extra: {} };
}

/** What the gateway says of it: the graph as its engines run it, the form, and who will run it. */
async function inspected(file: string, { ui, api: graph, body }: FoundWorkflow): Promise<Read> {
  const findings = await api.inspectWorkflow(
    body ?? { ...(ui && { workflow: ui }), ...(graph && { prompt: graph }) },
  );
  const own = body ? fromBody(file, body) : null;
  if (own && 'problem' in own) return own;
  const made = draftOf(file, findings.workflow_json as Graph, findings.parameters);
  const models = findings.models_known ? findings.required_models.map(({ path }) => path) : [];
  const drawing = ui && findings.format === 'ui' ? { editor_json: ui } : {};
  const draft = own?.draft ?? { ...made, extra: { required_models: models, ...drawing } };
  return { draft: { ...draft, findings } };
}

/** Reads a file of any kind: JSON of both formats, and what ComfyUI saves with its workflow inside. */
export async function readFile(file: File): Promise<Read> {
  if (file.size > largest) return { problem: i18n.t('importing.tooBig', { file: file.name }) };
  try {
    return await inspected(file.name, await readWorkflowFile(new Uint8Array(await file.arrayBuffer())));
  } catch (error) {
    return { problem: i18n.t('importing.notRead', { file: file.name, problem: (error as Error).message }) };
  }
}
