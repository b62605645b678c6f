import { readFileSync } from 'node:fs';
import { resolve as path } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Right, rights } from '../../../../shared/rights.ts';
import { withGateway } from '../support.ts';
import { badBodies, resolve, type Schema, type Schemas } from './bad-bodies.ts';
import { visitors } from './callers.ts';
import { type GoodCall, rows } from './rows.ts';
import { makeWorld, type World } from './world.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Schema & { readonly format?: string };
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema }> };
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Schemas };
}

// The committed document, which another test holds to the code.
const document = JSON.parse(
  readFileSync(path(import.meta.dirname, '../../../../docs/api/openapi.json'), 'utf8'),
) as Document;
const routes = Object.entries(document.paths).flatMap(([template, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...operation,
    id: operation.operationId,
    method: method.toUpperCase(),
    template,
    right: rights[operation.operationId as keyof typeof rights] as Right,
    body: operation.requestBody?.content['application/json']?.schema,
  })),
);
type Route = (typeof routes)[number];
const ids = ({ parameters = [] }: Route) => parameters.filter((one) => one.in === 'path');

const bodyBytes = 50_000;
const logged: string[] = [];
const gateway = withGateway({
  limits: { triesPerMinute: 1_000_000, bodyBytes, workflowBytes: bodyBytes },
  log: pino({ level: 'trace' }, { write: (line) => void logged.push(line) }),
});
let world: World;
beforeAll(async () => {
  world = await makeWorld(gateway);
}, 60_000);
afterAll(() => world?.machine.leave());

const good = async (route: Route): Promise<GoodCall> => {
  const row = rows[route.id];
  if (!row) throw new Error(`no row for ${route.id}`);
  return row(world);
};

interface Sent {
  readonly key: string | null;
  readonly team?: string | undefined;
  readonly at?: Readonly<Record<string, string>> | undefined;
  readonly query?: string;
  readonly raw?: string;
  readonly type?: string;
}

/** Sends one request; whatever it is, the answer is no 5xx, and no error repeats a secret. */
async function send(route: Route, { key, team, at = {}, query = '', raw, type }: Sent) {
  const address = route.template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(at[name] ?? crypto.randomUUID()),
  );
  const stop = new AbortController();
  const reply = await fetch(`${gateway.url}/api/v1${address}${query}`, {
    method: route.method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(team ? { 'x-team-id': team } : {}),
      ...(raw === undefined ? {} : { 'content-type': type ?? 'application/json' }),
    },
    signal: stop.signal,
    ...(raw === undefined ? {} : { body: raw }),
  });
  const stream = reply.headers.get('content-type')?.startsWith('text/event-stream');
  const words = stream ? '' : await reply.text();
  if (stream) stop.abort();
  expect(reply.status, `${route.id}: ${words}`).toBeLessThan(500);
  if (reply.status >= 400) {
    expect(JSON.parse(words), route.id).toMatchObject({ error_message: expect.stringMatching(/\S/) });
    if (key) expect(words.includes(key), `${route.id} repeats a secret`).toBe(false);
  }
  return { status: reply.status, words };
}

const asOwner = (call: GoodCall): Sent => ({
  key: call.key ?? gateway.keys.jwt,
  team: call.team ?? gateway.owner.teamId,
  at: call.at,
});

it('has a row and a right for every route of the document, and none for others', () => {
  const known = routes.map(({ id }) => id).toSorted();
  expect(Object.keys(rows).toSorted()).toEqual(known);
  expect(Object.keys(rights).toSorted()).toEqual(known);
});

const columns = ['nobody', 'viewer', 'member', 'admin', 'owner', 'an sk- key', 'a dk- key', 'an ak- key'];
const matrix: string[] = [];
const mark = { in: 'yes', 400: '400', 401: '401', 403: '–' } as const;

afterAll(() => {
  const head = `${'may call'.padEnd(62)}${columns.map((name) => name.replace(/^an? | key/g, '').padStart(8)).join('')}`;
  console.log(['', head, ...matrix].join('\n'));
});

describe.each(routes.map((route) => [route.id, route] as const))('%s', (_id, route) => {
  it('lets in whom the table of rights lets in, and nobody else', async () => {
    const answers = new Map<string, string>();
    for (const { name, token, team, expected } of visitors(world, route.right)) {
      // A body that nobody takes: who is let in gets as far as a 415, and nothing happens.
      const probe = route.method === 'GET' ? {} : { raw: '<nothing/>', type: 'application/xml' };
      const { status, words } = await send(route, { key: token, team, ...probe });
      const turnedAway = [401, 403].includes(status) || (status === 400 && words.includes('team_required'));
      answers.set(name, turnedAway ? mark[status as 400 | 401 | 403] : mark.in);
      expect(turnedAway ? status : 'in', `${name}: ${words}`).toBe(expected);
      if (!turnedAway && route.method !== 'GET') expect(status, name).toBe(415);
    }
    const cells = columns.map((name) => (answers.get(name) ?? '').padStart(8));
    matrix.push(`${`${route.method} ${route.template}`.padEnd(62)}${cells.join('')}`);
  });

  it('does what it is for', async () => {
    const call = await good(route);
    const raw = call.json ? { raw: JSON.stringify(call.json) } : {};
    const { status, words } = await send(route, { ...asOwner(call), ...raw });
    expect(status, words).toBe(call.ok);
  });

  if (route.body)
    it('refuses bad bodies, each with a 400', async () => {
      const call = await good(route);
      const bodies = badBodies(route.body ?? {}, call.json ?? {}, document.components.schemas);
      expect(bodies.length).toBeGreaterThanOrEqual(3);
      for (const { what, json } of bodies) {
        const { status, words } = await send(route, { ...asOwner(call), raw: JSON.stringify(json) });
        expect(status, `${what}: ${words}`).toBe(400);
      }
      const broken = await send(route, { ...asOwner(call), raw: '{"a":' });
      expect(broken.status).toBe(400);
      const large = await send(route, {
        ...asOwner(call),
        raw: JSON.stringify({ x: 'x'.repeat(bodyBytes) }),
      });
      expect(large.status).toBe(413);
    });

  if (ids(route).length > 0)
    it('knows only what is there, and only in the own team', async () => {
      const call = await good(route);
      const raw = call.json ? { raw: JSON.stringify(call.json) } : {};
      const unknown = await send(route, { ...asOwner(call), at: {}, ...raw });
      expect(unknown.status, unknown.words).toBe(404);
      if ('role' in route.right) {
        const { jwt: key, teamId: team } = world.stranger;
        expect((await send(route, { key, team, at: call.at, ...raw })).status).toBe(404);
      }
      for (const { name, schema } of ids(route)) {
        const odd =
          schema.format === 'uuid' ? ['7', 'not-an-id', "' OR 1=1 --", '%00', 'x'.repeat(300)] : ['%00'];
        for (const value of odd) {
          const { status } = await send(route, {
            ...asOwner(call),
            at: { ...call.at, [name]: value },
            ...raw,
          });
          expect(schema.format === 'uuid' ? [400] : [400, 404], `${name}=${value}`).toContain(status);
        }
      }
    });

  const queries = (route.parameters ?? []).filter((one) => one.in === 'query');
  if (queries.length > 0)
    it('refuses bad queries', async () => {
      const call = await good(route);
      for (const { name, schema } of queries) {
        const known = resolve(schema, document.components.schemas);
        const bad = [
          ...(known.type === 'integer' ? ['x', '1.5', '-1'] : []),
          ...(known.maximum === undefined ? [] : [String(known.maximum + 1)]),
          ...(known.enum ? ['nonsense'] : []),
        ];
        for (const value of bad) {
          const query = `?${name}=${encodeURIComponent(value)}`;
          expect((await send(route, { ...asOwner(call), query })).status, query).toBe(400);
        }
        // Whatever else comes: no 5xx.
        for (const value of ['', '%00', 'x'.repeat(2000)]) {
          await send(route, { ...asOwner(call), query: `?${name}=${encodeURIComponent(value)}` });
        }
      }
    });
});

it('has written no secret into the log, and no failure of its own', () => {
  const log = logged.join('');
  const secrets = [...Object.values(gateway.keys), ...Object.values(world.keys), 'a long password'];
  for (const secret of secrets) expect(log.includes(secret)).toBe(false);
  expect(logged.filter((line) => line.includes('request failed'))).toEqual([]);
});
