import { isObject } from './prompt.ts';

/** Python's `str()` of a JSON value. */
export function pythonStr(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

/** A text between the quotes that need the fewest escapes, control characters written out. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const written = text.replace(/[\p{Cc}\\']/gu, (one) => {
    if (one === "'") return quote === "'" ? "\\'" : one;
    return escapes[one] ?? `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return quote + written + quote;
}

/** Python's `repr()` of a JSON value. */
export function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (isObject(value)) {
    return `{${Object.entries(value)
      .map(([key, one]) => `${pythonRepr(key)}: ${pythonRepr(one)}`)
      .join(', ')}}`;
  }
  return String(value);
}

/** What Python calls the type of a JSON value. */
export function typeName(value: unknown): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return { object: 'dict', string: 'str', boolean: 'bool' }[typeof value as string] ?? typeof value;
}

function toInt(value: unknown): number {
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') {
    throw new Error(
      `int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`,
    );
  }
  if (!/^\s*[+-]?\d+(_\d+)*\s*$/.test(value)) {
    throw new Error(`invalid literal for int() with base 10: ${pythonRepr(value)}`);
  }
  return Number(value.replaceAll('_', ''));
}

function toFloat(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') {
    throw new Error(`float() argument must be a string or a real number, not '${typeName(value)}'`);
  }
  const number = Number(value);
  if (value.trim() === '' || Number.isNaN(number)) {
    throw new Error(`could not convert string to float: ${pythonRepr(value)}`);
  }
  return number;
}

function toBool(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value) ? Object.keys(value).length > 0 : Boolean(value);
}

/** What ComfyUI casts a widget's value to before it checks it; other types are left alone. */
export const casts: Readonly<Record<string, (value: unknown) => unknown>> = {
  INT: toInt,
  FLOAT: toFloat,
  STRING: pythonStr,
  BOOLEAN: toBool,
};
