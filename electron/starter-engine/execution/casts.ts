import { isObject } from './prompt.ts';

/** Python's `str()` of a JSON value. */
export function pythonStr(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** Python's `repr()` of a JSON value. */
export function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string')
    return value.includes("'") && !value.includes('"') ? `"${value}"` : `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (isObject(value)) {
    return `{${Object.entries(value)
      .map(([key, one]) => `${pythonRepr(key)}: ${pythonRepr(one)}`)
      .join(', ')}}`;
  }
  return String(value);
}

const typeName = (value: unknown): string => {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? 'dict' : typeof value;
};

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
