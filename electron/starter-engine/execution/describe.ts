/** A value as `execution_error` shows it: pictures by their shape, long texts cut. */
export function describeValue(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && 'kind' in value) {
    const { kind, batch, height, width, channels } = value as Record<string, unknown>;
    return `${String(kind)}[${[batch, height, width, channels].filter((size) => size !== undefined).join(', ')}]`;
  }
  return typeof value === 'string' && value.length > 1000 ? `${value.slice(0, 1000)}…` : value;
}
