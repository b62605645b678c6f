import { type Graph, readGraph } from '#shared/comfy/graph.ts';
import { defineParameters } from '#shared/comfy/parameters.ts';
import { proposeParameters } from '#shared/comfy/propose/propose.ts';
import { importWorkflowRequest, type ParameterDef } from '#shared/wire/workflows.ts';
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
}

type Read = { draft: Draft } | { problem: string };

const largest = 8 * 1024 * 1024;

export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100);

const nameOf = (file: string): string => {
  const words = file
    .replace(/\.json$/i, '')
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

/** What a parsed JSON file holds: an import body, a graph in API format, or neither, said in words. */
export function readWorkflow(file: string, value: unknown): Read {
  const body = fromBody(file, value);
  if (body) return body;
  const inner = (value as { prompt?: unknown } | null)?.prompt ?? value; // what ComfyUI's own /prompt takes
  const read = readGraph(inner);
  if ('problem' in read) {
    const editor = Array.isArray((value as { nodes?: unknown } | null)?.nodes);
    return {
      problem: editor
        ? i18n.t('importing.editorFormat', { file })
        : i18n.t('importing.notGraph', { file, problem: read.problem }),
    };
  }
  const name = nameOf(file);
  const { graph } = read;
  return {
    draft: {
      file,
      graph,
      name,
      slug: slugOf(name),
      description: '',
      parameters: proposeParameters(graph),
      extra: {},
    },
  };
}

export async function readFile(file: File): Promise<Read> {
  if (!/\.json$/i.test(file.name) && file.type !== 'application/json') {
    return { problem: i18n.t('importing.wrongKind', { file: file.name }) };
  }
  if (file.size > largest) return { problem: i18n.t('importing.tooBig', { file: file.name }) };
  try {
    return readWorkflow(file.name, JSON.parse(await file.text()));
  } catch {
    return { problem: i18n.t('importing.notJson', { file: file.name }) };
  }
}
