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
  413: 'The body or the file is too large',
  415: 'The body is not JSON',
  429: 'Too many requests; wait a moment',
};

interface Reply {
  description?: string;
  content?: unknown;
}
/** As much of an OpenAPI document as is looked at here. */
export interface OpenApiDocument {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, { responses?: Record<string, Reply> }>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

export function tidyDocument(document: OpenApiDocument): OpenApiDocument {
  nameReplies(document);
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
