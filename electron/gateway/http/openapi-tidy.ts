/**
 * The generator writes every schema twice, as request (`RunRequestInput`) and as reply (`RunRequest`), used or not, and
 * says "Default Response" of every reply. This makes of it what a person would have written.
 */
const prefix = '#/components/schemas/';
const requestSuffix = 'Input';

/** The generator's suffix keeps `ParameterDefInput`, Cyberun's own name, from being a schema's id. */
const published: Readonly<Record<string, string>> = { ParameterDefDraft: 'ParameterDefInput' };

const replyWords: Readonly<Record<string, string>> = {
  200: 'Done',
  202: 'Accepted: it is on disk and will be carried out',
  204: 'Done; there is nothing to tell',
  400: 'The request is not valid; the message names the field and the rule',
  401: 'No valid sign-in or key',
  403: 'The caller may not do this',
  404: 'There is no such thing in this team',
  409: 'Its state does not allow this',
  412: 'It exists already',
  413: 'The body or the file is too large',
  415: 'The body is not JSON',
  429: 'Too many requests; wait a moment',
};

/** Parameters that say nothing of themselves where they are defined: the same in every address that has them. */
const parameterWords: Readonly<Record<string, string>> = {
  agentId: 'The agent’s own name for itself, as `GET /agents` has it.',
  engineId: 'The engine’s name on its agent.',
  snapshotId: 'The snapshot’s id.',
  packName: 'The node pack’s folder.',
  workflowSlug: 'The workflow’s slug; `slug@version` means an older version.',
  agent_id: 'Only those of this agent.',
  kind: 'Only those of this kind.',
  status: 'Only those in this state.',
  model_status: 'Only those in this state.',
  folder: 'Only those in this folder.',
  order: 'Which come first.',
  per_page: 'Items to a page.',
  target_pool: 'Only those for this pool.',
  tool_type: 'Only those for this tool.',
  lines: 'At most so many lines, the newest.',
  search: 'Only lines that contain this.',
  delete_files: 'true = delete its folders on the machine as well.',
};

interface Reply {
  description?: string;
  content?: unknown;
}
interface Parameter {
  readonly name?: string;
  description?: string;
}
interface Operation {
  readonly responses?: Readonly<Record<string, Reply>>;
  readonly parameters?: readonly Parameter[];
}
/** As much of an OpenAPI document as is looked at here. */
export interface OpenApiDocument {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

export function tidyDocument(document: OpenApiDocument): OpenApiDocument {
  nameReplies(document);
  nameParameters(document);
  const all = document.components?.schemas ?? {};
  const used = reachable(document.paths, all);
  const names = new Map([...used].map((name) => [name, nameOf(name, used, all)]));
  const schemas = Object.fromEntries(
    [...used].sort().map((name) => [names.get(name) ?? name, renamed(all[name], names)]),
  );
  return {
    ...(renamed({ ...document, components: undefined }, names) as OpenApiDocument),
    components: { ...document.components, schemas },
  };
}

function nameReplies({ paths = {} }: OpenApiDocument): void {
  for (const operations of Object.values(paths)) {
    for (const { responses = {} } of Object.values(operations)) {
      for (const [status, reply] of Object.entries(responses)) {
        if (reply.description === 'Default Response') reply.description = replyWords[status] ?? 'Done';
        // A reply without a body has no content type either.
        if (status === '204') delete reply.content;
      }
    }
  }
}

function nameParameters({ paths = {} }: OpenApiDocument): void {
  for (const operations of Object.values(paths)) {
    for (const { parameters = [] } of Object.values(operations)) {
      for (const parameter of parameters) {
        const words = parameterWords[parameter.name ?? ''];
        if (!parameter.description && words) parameter.description = words;
      }
    }
  }
}

/** Names of the schemas that the paths use, directly or through others. */
function reachable(paths: unknown, schemas: Readonly<Record<string, unknown>>): Set<string> {
  const found = new Set<string>();
  const open = [paths];
  while (open.length > 0) {
    for (const name of references(open.pop())) {
      if (found.has(name)) continue;
      found.add(name);
      open.push(schemas[name]);
    }
  }
  return found;
}

const references = (part: unknown): string[] =>
  [...(JSON.stringify(part) ?? '').matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
    ([, name = '']) => name,
  );

/** The request form of a schema loses its suffix, unless the reply form is in use too and differs. */
function nameOf(name: string, used: ReadonlySet<string>, schemas: Readonly<Record<string, unknown>>): string {
  if (!name.endsWith(requestSuffix)) return name;
  const plain = name.slice(0, -requestSuffix.length);
  const same = JSON.stringify(schemas[plain]) === JSON.stringify(schemas[name]);
  return used.has(plain) && !same ? name : (published[plain] ?? plain);
}

function renamed(part: unknown, names: ReadonlyMap<string, string>): unknown {
  return JSON.parse(JSON.stringify(part), (key, value: unknown) => {
    if (key !== '$ref' || typeof value !== 'string' || !value.startsWith(prefix)) return value;
    const name = value.slice(prefix.length);
    return prefix + (names.get(name) ?? name);
  });
}
