import { readFileSync } from 'node:fs';
import { resolve as path } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type GoodCall, rows } from '../routes/rows.ts';
import { makeWorld, type World } from '../routes/world.ts';
import { withGateway } from '../support.ts';
import { Chance } from './chance.ts';
import { Generator, type Schema, type Schemas } from './generate.ts';

/** The same calls each time in CI; longer, or others, by hand. */
const seed = Number(process.env.ATELIER_FUZZ_SEED ?? 1);
const seconds = Number(process.env.ATELIER_FUZZ_SECONDS ?? 25);
const mostCalls = process.env.ATELIER_FUZZ_SECONDS ? Number.POSITIVE_INFINITY : 1500;
/** An answer that takes longer is a hang, however busy the machine. */
const hangMs = 20_000;

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema }> };
  readonly responses: Readonly<Record<string, { readonly content?: Record<string, { schema: Schema }> }>>;
}
const document = JSON.parse(
  readFileSync(path(import.meta.dirname, '../../../../docs/api/openapi.json'), 'utf8'),
) as { paths: Record<string, Record<string, Operation>>; components: { schemas: Schemas } };
const routes = Object.entries(document.paths).flatMap(([template, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...operation,
    method: method.toUpperCase(),
    template,
  })),
);
type Route = (typeof routes)[number];

/** What ends the world that the rest needs: called by somebody else, in a team of theirs. */
const destructive = new Set([
  'deleteTeam',
  'leaveTeam',
  'transferTeam',
  'logout',
  'revokeCredential',
  'revokeDevice',
  'removeMember',
  'updateMemberRole',
]);
/** What else makes a machine run programs is called, but never about a machine that is there. */
const harmless = ({ operationId, template, method }: Route): boolean =>
  !destructive.has(operationId) && !(template.includes('/engines') && method !== 'GET');

const faults: string[] = [];
const gateway = withGateway({
  limits: { triesPerMinute: 1_000_000, bodyBytes: 200_000 },
  log: pino({ level: 'error' }, { write: (line) => void faults.push(line) }),
});
let world: World;
beforeAll(async () => {
  world = await makeWorld(gateway);
}, 60_000);
afterAll(() => world?.machine.leave());

const shapes = new Map<string, z.ZodType>();
/** The documented shape of an answer; undefined when the status is not documented. */
function shapeOf(route: Route, status: number): z.ZodType | undefined {
  const reply = route.responses[status];
  if (!reply) return undefined;
  const key = `${route.operationId} ${status}`;
  const known = shapes.get(key);
  if (known) return known;
  const schema = reply.content?.['application/json']?.schema;
  const whole = JSON.stringify({ ...schema, $defs: document.components.schemas });
  const local = JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/')) as Parameters<
    typeof z.fromJSONSchema
  >[0];
  const made = schema ? z.fromJSONSchema(local) : z.unknown();
  shapes.set(key, made);
  return made;
}

interface Call {
  readonly url: string;
  readonly init: RequestInit;
}

const encoded = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return encodeURIComponent(text.toWellFormed()) || 'x';
};

function authorization(route: Route, chance: Chance): Record<string, string> {
  const { keys, owner } = gateway;
  const { stranger } = world;
  if (destructive.has(route.operationId)) {
    return { authorization: `Bearer ${stranger.jwt}`, 'x-team-id': stranger.teamId };
  }
  const team = { 'x-team-id': owner.teamId };
  const pick = chance.next();
  if (pick < 0.78) return { authorization: `Bearer ${keys.jwt}`, ...team };
  if (pick < 0.86) return { authorization: `Bearer ${keys.device}` };
  if (pick < 0.92) return { authorization: `Bearer ${keys.integration}` };
  if (pick < 0.96) return { authorization: `Bearer ${world.viewer.jwt}`, ...team };
  return chance.of([
    {},
    { authorization: 'Bearer ' },
    { authorization: `Bearer ${keys.jwt}`, 'x-team-id': 'none' },
  ]);
}

/** The good call of a route; none where the calls before have left a world in which it can't be made. */
async function goodCall({ operationId }: Route): Promise<GoodCall | undefined> {
  try {
    return await rows[operationId]?.(world);
  } catch {
    return undefined;
  }
}

/** One call of a route, from its documented parameters and body. */
async function callOf(route: Route, chance: Chance): Promise<Call> {
  const values = new Generator(chance, document.components.schemas, chance.of([0, 0.02, 0.2]));
  const about = harmless(route) && chance.is(0.5) ? await goodCall(route) : undefined;
  const address = route.template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const schema = route.parameters?.find((one) => one.in === 'path' && one.name === name)?.schema ?? {};
    return encoded(about?.at?.[name] ?? values.value(schema));
  });
  const query = (route.parameters ?? [])
    .filter((one) => one.in === 'query' && (one.required || chance.is(0.4)))
    .map(({ name, schema }) => `${name}=${encoded(values.value(schema))}`);
  const schema = route.requestBody?.content['application/json']?.schema;
  // Now and then the good call with one thing changed: it gets farther than what is made up.
  const made = schema && values.value(schema);
  const body =
    about?.json && typeof made === 'object' && made !== null && chance.is(0.5)
      ? { ...about.json, ...(chance.is(0.5) ? Object.fromEntries(Object.entries(made).slice(0, 1)) : {}) }
      : made;
  const raw = chance.is(0.02) ? chance.of(['', '{', 'null', '[1,', '\ud800']) : JSON.stringify(body);
  return {
    url: `${gateway.url}/api/v1${address}${query.length > 0 ? `?${query.join('&')}` : ''}`,
    init: {
      method: route.method,
      headers: {
        ...authorization(route, chance),
        ...(schema
          ? {
              'content-type': chance.is(0.98)
                ? 'application/json'
                : chance.of(['text/plain', 'application/xml']),
            }
          : {}),
      },
      ...(schema && raw !== undefined ? { body: raw } : {}),
    },
  };
}

/** What is wrong with the answer; undefined when nothing is. */
async function wrong(route: Route, { url, init }: Call): Promise<string | undefined> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), hangMs);
  try {
    const reply = await fetch(url, { ...init, signal: stop.signal });
    const type = reply.headers.get('content-type') ?? '';
    if (type.startsWith('text/event-stream')) return undefined;
    const text = await reply.text();
    if (reply.status >= 500) return `${reply.status} ${text}`;
    const shape = shapeOf(route, reply.status);
    if (!shape) return `the status ${reply.status} is not documented: ${text.slice(0, 300)}`;
    if (reply.status === 204) return text === '' ? undefined : 'a body with 204';
    if (!type.startsWith('application/json')) return undefined;
    const parsed = shape.safeParse(JSON.parse(text));
    return parsed.success
      ? undefined
      : `${reply.status} is not as documented: ${z.prettifyError(parsed.error)}\n${text.slice(0, 500)}`;
  } catch (error) {
    return stop.signal.aborted ? `no answer in ${hangMs} ms` : `the connection broke: ${String(error)}`;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

/** What a call may have set for the whole studio is set back. */
async function restore({ operationId }: Route): Promise<void> {
  const { store, identity } = gateway.gateway.rooms;
  if (operationId.includes('eatures')) {
    await store.write((writer) => writer.hotRun('DELETE FROM feature_settings'));
  }
  if (operationId === 'changePassword') await identity.setPassword(ownerEmail(), 'a long password');
}
const ownerEmail = (): string =>
  gateway.gateway.rooms.identity.user(gateway.owner.userId)?.email ?? 'nobody@example.org';

it(
  `holds to its document, whatever is asked (seed ${seed})`,
  async () => {
    const chance = new Chance(seed);
    const end = performance.now() + seconds * 1000;
    const found = new Map<string, string>();
    let calls = 0;
    while (calls < mostCalls && performance.now() < end) {
      const route = routes[calls % routes.length] as Route;
      calls += 1;
      const call = await callOf(route, chance);
      const problem = await wrong(route, call);
      await restore(route);
      const key = `${route.operationId}: ${problem?.slice(0, 60)}`;
      if (problem && !found.has(key)) {
        const { body } = call.init;
        found.set(
          key,
          `call ${calls}: ${call.init.method} ${call.url}\n  ${String(body)?.slice(0, 600)}\n  → ${problem}`,
        );
      }
    }
    console.log(`fuzz: ${calls} calls of ${routes.length} routes, seed ${seed}`);
    expect([...found.values()].join('\n\n')).toBe('');
    expect(faults).toEqual([]);
    // The world is still there, and nothing was slipped into every object.
    expect((await gateway.call('GET', '/users/me', gateway.keys.jwt)).status).toBe(200);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  },
  (seconds + 60) * 1000,
);
