/**
 * Writes values as Python does, so that metadata and previews read the same as ComfyUI's. JavaScript has one kind of
 * number; `isFloat` tells which whole numbers Python would hold as a float (`1.0`).
 */
type IsFloat = (path: readonly string[]) => boolean;

const never: IsFloat = () => false;

/** Python's `repr` of a float: exponents from 1e16 up and below 1e-4, two digits in them, `.0` on whole numbers. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 16) {
    const plain =
      power < 0
        ? value.toFixed(Math.min(100, digits.replace(/[-.]/g, '').length - 1 - power))
        : String(value);
    return plain.includes('.') ? plain : `${plain}.0`;
  }
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

function pythonNumber(value: number, float: boolean): string {
  if (float || !Number.isInteger(value)) return pythonFloat(value);
  return BigInt(value).toString();
}

function asciiString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `json.dumps(value)` with Python's defaults: `", "` and `": "` between, everything beyond ASCII escaped. */
export function pythonJson(value: unknown, isFloat: IsFloat = never, path: readonly string[] = []): string {
  if (typeof value === 'number') return pythonNumber(value, isFloat(path));
  if (typeof value === 'string') return asciiString(value);
  if (value === null || value === undefined || typeof value === 'boolean') return String(value ?? null);
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => pythonJson(item, isFloat, [...path, String(index)])).join(', ')}]`;
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries.map(([key, item]) => `${asciiString(key)}: ${pythonJson(item, isFloat, [...path, key])}`).join(', ')}}`;
}
