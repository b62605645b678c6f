import type { FastifyInstance } from 'fastify';
import type { PromptEngine } from '../execution/engine.ts';
import { isObject } from '../execution/prompt.ts';
import { type JobQuery, type JobStatus, jobOf, jobStatuses, listJobs, sources } from './jobs.ts';
import type { Parts } from './parts.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Query = Partial<
  Record<'status' | 'workflow_id' | 'sort_by' | 'sort_order' | 'limit' | 'offset', string>
>;

/** `/api/jobs`: the newer view of queue and history (comfyui-protocol.md section 8). */
export function jobRoutes(app: FastifyInstance, { engine }: Parts): void {
  app.get<{ Querystring: Query }>('/jobs', async ({ query }, reply) => {
    const read = readQuery(query);
    if (typeof read === 'string') return reply.code(400).send({ error: read });
    return listJobs(sources(engine).map(jobOf), read);
  });
  app.get<{ Params: { id: string } }>('/jobs/:id', async ({ params: { id } }, reply) => {
    const source = sources(engine).find(({ tuple }) => tuple[1] === id);
    if (!source) return reply.code(404).send({ error: 'Job not found' });
    const [, , prompt, extra_data] = source.tuple;
    return {
      ...jobOf(source),
      outputs: source.entry?.outputs ?? {},
      ...(source.entry && { execution_status: source.entry.status }),
      workflow: { prompt, extra_data },
    };
  });
  app.post<{ Params: { id: string } }>('/jobs/:id/cancel', async ({ params: { id } }) => ({
    cancelled: cancel(engine, id),
  }));
  app.post('/jobs/cancel', async ({ body }, reply) => {
    const ids = isObject(body) && Array.isArray(body.job_ids) ? (body.job_ids as unknown[]) : undefined;
    if (!ids) return reply.code(400).send({ error: 'job_ids must be a list' });
    const invalid = ids.filter((id) => typeof id !== 'string' || !uuid.test(id));
    if (invalid.length > 0) return reply.code(400).send({ error: 'Invalid job ids', invalid_ids: invalid });
    return { cancelled: ids.filter((id) => cancel(engine, String(id))) };
  });
}

const cancel = (engine: PromptEngine, id: string): boolean => engine.remove(id) || engine.interrupt(id);

/** The query, or what is wrong with it. */
function readQuery(query: Query): JobQuery | string {
  const statuses = query.status?.split(',').map((status) => status.trim());
  const unknown = statuses?.find((status) => !jobStatuses.includes(status as JobStatus));
  if (unknown !== undefined) return `Invalid status: ${unknown}. Use one of ${jobStatuses.join(', ')}.`;
  const { sort_by = 'created_at', sort_order = 'desc', limit, offset = '0' } = query;
  if (sort_by !== 'created_at' && sort_by !== 'execution_duration')
    return 'sort_by is created_at or execution_duration.';
  if (sort_order !== 'asc' && sort_order !== 'desc') return 'sort_order is asc or desc.';
  if (limit !== undefined && !(/^\d+$/.test(limit) && Number(limit) > 0))
    return 'limit must be a positive integer.';
  if (!/^-?\d+$/.test(offset)) return 'offset must be an integer.';
  return {
    statuses: statuses as JobStatus[] | undefined,
    workflowId: query.workflow_id,
    sortBy: sort_by,
    descending: sort_order === 'desc',
    limit: limit === undefined ? undefined : Number(limit),
    offset: Math.max(0, Number(offset)),
  };
}
