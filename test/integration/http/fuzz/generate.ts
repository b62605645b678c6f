import type { Chance } from './chance.ts';

/** As much of a JSON schema as values are made from. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly pattern?: string;
  readonly examples?: readonly unknown[];
  readonly example?: unknown;
  readonly default?: unknown;
}
export type Schemas = Readonly<Record<string, Schema>>;

/** What no schema asks for. */
const hostile: readonly unknown[] = [
  null,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '‮مرحبا\u200b',
  '../../etc/passwd',
  "' OR 1=1 --",
  '{{7*7}}<script>',
  'x'.repeat(5000),
  -1,
  0,
  -0,
  0.1,
  1e308,
  2 ** 53,
  -(2 ** 63),
  true,
  [],
  {},
  [[[[[[[[]]]]]]]],
  { __proto__: null, constructor: 1, toString: 'x', length: -1 },
  JSON.parse('{"__proto__": {"polluted": true}}'),
];

/** Makes values from schemas: mostly what they ask for, sometimes their edges, sometimes anything but. */
export class Generator {
  readonly #chance: Chance;
  readonly #all: Schemas;
  /** How often a value is what nobody asked for. */
  readonly #wildness: number;

  constructor(chance: Chance, all: Schemas, wildness: number) {
    this.#chance = chance;
    this.#all = all;
    this.#wildness = wildness;
  }

  hostile(): unknown {
    return this.#chance.of(hostile);
  }

  value(schema: Schema, depth = 0): unknown {
    const chance = this.#chance;
    if (chance.is(this.#wildness)) return this.hostile();
    const one = this.#resolve(schema);
    const examples = one.examples ?? (one.example === undefined ? [] : [one.example]);
    if (examples.length > 0 && chance.is(0.4)) return chance.of(examples);
    if ('const' in one) return one.const;
    if (one.enum) return chance.of(one.enum);
    const choices = one.anyOf ?? one.oneOf;
    if (choices) return this.value(chance.of(choices), depth);
    if (one.allOf) return Object.assign({}, ...one.allOf.map((part) => this.value(part, depth)));
    const type = Array.isArray(one.type) ? chance.of(one.type as readonly string[]) : one.type;
    return this.#ofType(String(type), one, depth);
  }

  #resolve(schema: Schema): Schema {
    const name = schema.$ref?.split('/').at(-1);
    return name === undefined ? schema : this.#resolve(this.#all[name] ?? {});
  }

  #ofType(type: string, schema: Schema, depth: number): unknown {
    switch (type) {
      case 'string':
        return this.#text(schema);
      case 'integer':
        return Math.round(this.#number(schema));
      case 'number':
        return this.#number(schema);
      case 'boolean':
        return this.#chance.is(0.5);
      case 'null':
        return null;
      case 'array':
        return this.#array(schema, depth);
      case 'object':
        return this.#object(schema, depth);
      default:
        return depth > 3 ? 1 : this.#chance.of(['any', 1, true, null, { any: 'thing' }, [1, 'x']]);
    }
  }

  #text({ format, minLength = 0, maxLength = 60 }: Schema): string {
    const chance = this.#chance;
    if (format === 'uuid') return uuidOf(chance);
    if (format === 'date-time') return new Date(chance.int(0, 2e12)).toISOString();
    if (format === 'email') return `someone${chance.int(0, 99)}@example.org`;
    if (format === 'uri') return chance.of(['https://example.org/x', 'http://127.0.0.1:1/', 'data:,x']);
    const length = chance.is(0.2)
      ? chance.of([minLength, maxLength])
      : chance.int(minLength, Math.min(maxLength, minLength + 12));
    const letters = chance.of(['abcdefgh', 'ab-09', 'äöü夜景🎨 .', '0123456789', ' \t/\\.:%']);
    return Array.from({ length: Math.min(length, 6000) }, () => chance.of([...letters])).join('');
  }

  #number({ minimum = -1000, maximum = minimum + 100_000 }: Schema): number {
    const chance = this.#chance;
    if (chance.is(0.3)) return chance.of([minimum, maximum, minimum + 1]);
    return minimum + chance.next() * Math.min(maximum - minimum, 1e6);
  }

  #array({ items = {}, minItems = 0, maxItems = 5 }: Schema, depth: number): unknown[] {
    const most = depth > 3 ? minItems : Math.min(maxItems, minItems + 3);
    return Array.from({ length: this.#chance.int(minItems, most) }, () => this.value(items, depth + 1));
  }

  #object({ properties = {}, required = [], additionalProperties }: Schema, depth: number): object {
    const chance = this.#chance;
    const made: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(properties)) {
      const wanted = required.includes(name) ? !chance.is(this.#wildness) : depth < 4 && chance.is(0.4);
      if (wanted) made[name] = this.value(property, depth + 1);
    }
    if (typeof additionalProperties === 'object' && depth < 4) {
      for (let n = chance.int(0, 2); n > 0; n -= 1) {
        made[chance.of(['1', '2', 'prompt', 'x y', 'ключ'])] = this.value(additionalProperties, depth + 1);
      }
    }
    if (chance.is(this.#wildness)) made[chance.of(['constructor', 'extra', ''])] = this.hostile();
    return made;
  }
}

function uuidOf(chance: Chance): string {
  const hex = (length: number) => Array.from({ length }, () => chance.of([...'0123456789abcdef'])).join('');
  return `${hex(8)}-${hex(4)}-7${hex(3)}-8${hex(3)}-${hex(12)}`;
}
