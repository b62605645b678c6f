import { z } from 'zod';
import type { Graph } from '#shared/comfy/graph.ts';
import { type CrashReport, crashWords, mayRunAgain } from '#shared/wire/crash.ts';
import type { TaskFailure } from '#shared/wire/tasks.ts';
import { causeOfError } from '../launch/crash-causes.ts';
import type { ExecutionError } from './wire.ts';

/** A node as people know it: its title, its type, its id. */
function nodeWords(graph: Graph, id: string, type: string): string {
  const title = graph[id]?._meta?.title;
  return title && title !== type ? `"${title}" (${type}, node ${id})` : `${type || 'unknown'} (node ${id})`;
}

/** A node raised: `execution_error` in the words of a task. */
export function errorFailure(
  graph: Graph,
  error: ExecutionError,
  logTail: readonly string[],
  engine: string,
): TaskFailure {
  const traceback = error.traceback.join('');
  const said = error.exception_message.trim() || error.exception_type || 'it gave no reason';
  const known = causeOfError(`${error.exception_type}: ${error.exception_message}`, traceback);
  const what = `Node ${nodeWords(graph, error.node_id, error.node_type)} failed: ${said}`;
  // After a blank line come general tips, which ours replace; its words end as they like.
  const [first = ''] = what.split(/\n\s*\n/);
  const report = known && { ...known, what: `${known.what}. ${first.replace(/[.\s]*$/, '.')}` };
  return {
    code: known && memoryCauses.includes(known.cause) ? 'out_of_memory' : 'engine_error',
    message: clip(report ? crashWords(report) : what, 20_000),
    retryable: known !== undefined && mayRunAgain(known.cause),
    node_id: error.node_id,
    node_type: error.node_type,
    details: { exception_type: error.exception_type, traceback: clip(traceback, 20_000), engine, ...report },
    log_tail: [...logTail],
  };
}

const memoryCauses: readonly CrashReport['cause'][] = ['out_of_vram', 'out_of_memory'];

/** The node that a run was at when its engine went away, with the pack that brings it. */
export interface LostAt {
  readonly id: string;
  readonly type: string;
  readonly pack: string | undefined;
}

/** The engine went away with the run. Whether the same run may be tried again depends on the cause. */
export function lossFailure(
  graph: Graph,
  report: CrashReport,
  code: TaskFailure['code'],
  at: LostAt | undefined,
): TaskFailure {
  const told = at ? withNode(graph, report, at) : report;
  return {
    code,
    message: clip(crashWords(told), 20_000),
    retryable: mayRunAgain(report.cause),
    ...(at && { node_id: at.id, node_type: at.type }),
    details: told,
  };
}

/** In a hang it is this node's pack that is to blame; a dump may show others, in threads of their own. */
function withNode(graph: Graph, report: CrashReport, at: LostAt): CrashReport {
  const from = at.pack ? ` of the node pack "${at.pack}"` : '';
  const what = `${report.what} It was executing node ${nodeWords(graph, at.id, at.type)}${from}.`;
  const pack = report.cause === 'hang' ? (at.pack ?? report.pack) : report.pack;
  return { ...report, what, ...(pack && { pack }) };
}

const nodeError = z.object({
  class_type: z.string().catch(''),
  errors: z.array(
    z.object({
      type: z.string(),
      message: z.string().catch(''),
      details: z.string().catch(''),
      extra_info: z.object({ input_name: z.string().optional() }).catch({}),
    }),
  ),
});

/** Characters: an engine repeats whole lists of choices. */
const mostDetails = 100_000;

const rejection = z.object({
  error: z
    .object({
      type: z.string(),
      message: z.string().catch(''),
      details: z.string().catch(''),
      extra_info: z
        .object({
          node_id: z.string().optional(),
          class_type: z.string().nullish(),
          node_title: z.string().nullish(),
        })
        .catch({}),
    })
    .catch({ type: '', message: '', details: '', extra_info: {} }),
  node_errors: z.record(z.string(), nodeError).catch({}),
});

/** The engine answered 400 to the graph: which node, which input, what to do (comfyui-protocol.md section 3). */
export function rejectionFailure(graph: Graph, status: number, body: unknown): TaskFailure {
  const parsed = rejection.safeParse(body);
  const failed = (message: string, node?: { id: string; type: string }): TaskFailure => ({
    code: 'engine_rejected',
    message: clip(message, 20_000),
    retryable: false,
    ...(node && { node_id: node.id, node_type: node.type }),
    ...(JSON.stringify(body ?? null).length <= mostDetails && { details: body }),
  });
  if (!parsed.success) return failed(`The engine refused the workflow with status ${status}.`);
  const { error, node_errors: nodeErrors } = parsed.data;
  const missing = missingNode(graph, error);
  if (missing) {
    const words = `The engine has no node type "${missing.type}", which ${nodeWords(graph, missing.id, missing.type)} needs.`;
    return failed(`${words} Install the node pack that brings it, or use an engine that has it.`, missing);
  }
  const lines = Object.entries(nodeErrors).flatMap(([id, node]) =>
    node.errors.map((one) => `${nodeWords(graph, id, node.class_type)}: ${inputWords(one)}`),
  );
  const first = Object.entries(nodeErrors)[0];
  if (first) {
    return failed(`The engine refused the workflow. ${lines.join(' ')}`, {
      id: first[0],
      type: first[1].class_type,
    });
  }
  if (error.type === 'prompt_no_outputs') {
    return failed('The workflow has no node that saves or shows something; add one, such as SaveImage.');
  }
  const said = [error.message, error.details].filter(Boolean).join(': ') || `status ${status}`;
  return failed(`The engine refused the workflow: ${said}`);
}

/** Newer servers name the node; 0.3.x says `invalid_prompt` with the id in the details. */
function missingNode(
  graph: Graph,
  error: z.infer<typeof rejection>['error'],
): { id: string; type: string } | undefined {
  if (error.type !== 'missing_node_type' && error.type !== 'invalid_prompt') return undefined;
  const id = error.extra_info.node_id ?? /#([\w:.-]+)/.exec(error.details)?.[1];
  const type = error.extra_info.class_type ?? (id === undefined ? undefined : graph[id]?.class_type);
  return id === undefined || !type ? undefined : { id, type };
}

function inputWords(error: z.infer<typeof nodeError>['errors'][number]): string {
  const input = error.extra_info.input_name ?? '';
  switch (error.type) {
    case 'required_input_missing':
      return `input "${input}" is missing; connect it or give it a value.`;
    case 'value_not_in_list':
      return `input "${input}" has a value this engine does not offer (${error.details}); choose another.`;
    case 'value_smaller_than_min':
    case 'value_bigger_than_max':
      return `input "${input}" is out of bounds: ${error.message}.`;
    case 'return_type_mismatch':
      return `input "${input}" is connected to an output of another type (${error.details}).`;
    case 'invalid_input_type':
      return `input "${input}" has a value of the wrong type (${error.details}).`;
    default:
      return `${error.message || error.type}${error.details ? ` (${error.details})` : ''}.`;
  }
}

const clip = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;
