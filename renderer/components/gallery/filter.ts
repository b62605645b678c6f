import { type OutputKind, outputKinds } from '#shared/wire/tasks.ts';

export const spans = ['today', 'week', 'month', 'days'] as const;
export type Span = (typeof spans)[number];

/** What the gallery shows, as its address says it. */
export interface GalleryFilter {
  readonly text: string;
  readonly kind: OutputKind | null;
  readonly workflow: string | null;
  readonly person: string | null;
  readonly starred: boolean;
  readonly deleted: boolean;
  readonly span: Span | null;
  /** Days as the calendar writes them, for the span `days`. */
  readonly from: string;
  readonly to: string;
  readonly values: readonly { readonly name: string; readonly value: string }[];
}

const prefix = 'param.';
const isDay = (text: string | null): text is string => /^\d{4}-\d\d-\d\d$/.test(text ?? '');
const isId = (text: string | null): text is string => /^[0-9a-f-]{36}$/i.test(text ?? '');

export function readFilter(search: URLSearchParams): GalleryFilter {
  const kind = search.get('kind');
  const span = search.get('when');
  const workflow = search.get('workflow');
  const [from, to] = [search.get('from'), search.get('to')];
  return {
    text: search.get('text') ?? '',
    kind: outputKinds.find((one) => one === kind) ?? null,
    workflow: isId(workflow) ? workflow : null,
    person: search.get('person'),
    starred: search.has('starred'),
    deleted: search.has('deleted'),
    span: spans.find((one) => one === span) ?? null,
    from: isDay(from) ? from : '',
    to: isDay(to) ? to : '',
    values: [...search].flatMap(([name, value]) =>
      name.startsWith(prefix) ? [{ name: name.slice(prefix.length), value }] : [],
    ),
  };
}

export function writeFilter(filter: GalleryFilter): URLSearchParams {
  const given: Record<string, string | null | false> = {
    text: filter.text,
    kind: filter.kind,
    workflow: filter.workflow,
    person: filter.person,
    starred: filter.starred && '1',
    deleted: filter.deleted && '1',
    when: filter.span,
    from: filter.span === 'days' && filter.from,
    to: filter.span === 'days' && filter.to,
  };
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) if (value) search.set(name, value);
  for (const { name, value } of filter.values) search.set(prefix + name, value);
  return search;
}

export const isFiltered = (filter: GalleryFilter): boolean => writeFilter(filter).size > 0;

export type OutputQuery = Readonly<Record<string, string>>;

/** The same as the gateway asks for it. Days are those of this computer's clock. */
export function queryOf(filter: GalleryFilter, today = new Date()): OutputQuery {
  const { after, before } = spanOf(filter, today);
  const given: Record<string, string | null | false | undefined> = {
    text: filter.text.trim(),
    kind: filter.kind,
    workflow_id: filter.workflow,
    submitted_by: filter.person,
    starred: filter.starred && 'true',
    deleted: filter.deleted && 'true',
    created_after: after?.toISOString(),
    created_before: before?.toISOString(),
    ...Object.fromEntries(filter.values.map(({ name, value }) => [prefix + name, value])),
  };
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}

function spanOf({ span, from, to }: GalleryFilter, today: Date): { after?: Date; before?: Date } {
  const daysAgo = (count: number) => new Date(today.getFullYear(), today.getMonth(), today.getDate() - count);
  switch (span) {
    case 'today':
      return { after: daysAgo(0) };
    case 'week':
      return { after: daysAgo(6) };
    case 'month':
      return { after: daysAgo(29) };
    case 'days':
      return { ...(from ? { after: localDay(from) } : {}), ...(to ? { before: localDay(to, 1) } : {}) };
    case null:
      return {};
  }
}

function localDay(text: string, later = 0): Date {
  const [year = 0, month = 1, day = 1] = text.split('-').map(Number);
  return new Date(year, month - 1, day + later);
}
