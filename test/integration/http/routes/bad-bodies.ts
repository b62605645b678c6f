/** As much of a JSON schema as is looked at here. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface BadBody {
  readonly what: string;
  readonly json: unknown;
}

/** Ways in which a good body goes bad, read from its schema: something missing, of the wrong type, too long, out of range. */
export function badBodies(schema: Schema, good: Readonly<Record<string, unknown>>, all: Schemas): BadBody[] {
  const { properties = {}, required = [] } = resolve(schema, all);
  const bad: BadBody[] = [[], 'text', 7].map((json) => ({
    what: `${JSON.stringify(json)} for a body`,
    json,
  }));
  for (const name of required) {
    const { [name]: _, ...json } = good;
    bad.push({ what: `no ${name}`, json });
  }
  for (const [name, property] of Object.entries(properties)) {
    for (const [what, value] of wrongValues(resolve(property, all), all)) {
      bad.push({ what: `${name}: ${what}`, json: { ...good, [name]: value } });
    }
  }
  return bad;
}

export type Schemas = Readonly<Record<string, Schema>>;

export function resolve(schema: Schema, all: Schemas): Schema {
  const name = schema.$ref?.split('/').at(-1);
  const named = name === undefined ? schema : (all[name] ?? {});
  // A reference with words beside it.
  return named.allOf?.length === 1 && named.allOf[0] ? resolve(named.allOf[0], all) : named;
}

const samples: readonly (readonly [string, unknown])[] = [
  ['string', 'nonsense value'],
  ['number', 7.5],
  ['boolean', true],
  ['array', [[]]],
  ['object', { nonsense: { nonsense: 1 } }],
];

function wrongValues(schema: Schema, all: Schemas): [string, unknown][] {
  const types = typesOf(schema, all);
  if (types.size === 0) return [];
  const wrong: [string, unknown][] = samples
    .filter(([type]) => !types.has(type))
    .map(([type, value]) => [type, value]);
  if (types.has('integer') && !types.has('number')) wrong.push(['fraction', 7.5]);
  if (schema.enum) wrong.push(['not one of its values', 'nonsense value']);
  if (schema.maxLength !== undefined) wrong.push(['too long', 'x'.repeat(schema.maxLength + 1)]);
  if (schema.minLength) wrong.push(['too short', 'x'.repeat(schema.minLength - 1)]);
  if (schema.minimum !== undefined) wrong.push(['too small', schema.minimum - 1]);
  if (schema.maximum !== undefined && schema.maximum < Number.MAX_SAFE_INTEGER)
    wrong.push(['too large', schema.maximum + 1]);
  return wrong;
}

function typesOf(schema: Schema, all: Schemas): Set<string> {
  if (schema.anyOf) {
    const each = schema.anyOf.map((one) => typesOf(resolve(one, all), all));
    // One that takes anything makes the whole take anything.
    return each.some(({ size }) => size === 0) ? new Set() : new Set(each.flatMap((types) => [...types]));
  }
  if (schema.enum) return new Set(schema.enum.map((value) => typeof value));
  return new Set(typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []));
}
