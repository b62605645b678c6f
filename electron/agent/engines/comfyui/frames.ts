/** A preview picture from a binary frame; without a `promptId` it belongs to whatever runs. */
export interface PreviewFrame {
  readonly promptId: string | undefined;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

const previewImage = 1;
const previewWithMetadata = 4;

/** Reads a binary frame (comfyui-protocol.md section 5); `undefined` for kinds that are not pictures. */
export function readPreview(frame: Buffer): PreviewFrame | undefined {
  if (frame.length < 8) return undefined;
  const kind = frame.readUInt32BE(0);
  if (kind === previewImage) {
    const contentType = frame.readUInt32BE(4) === 2 ? 'image/png' : 'image/jpeg';
    return { promptId: undefined, contentType, bytes: frame.subarray(8) };
  }
  if (kind !== previewWithMetadata) return undefined;
  const end = 8 + frame.readUInt32BE(4);
  const metadata = parseMetadata(frame.subarray(8, end));
  if (!metadata || end >= frame.length) return undefined;
  return {
    promptId: typeof metadata.prompt_id === 'string' ? metadata.prompt_id : undefined,
    contentType: metadata.image_type === 'image/png' ? 'image/png' : 'image/jpeg',
    bytes: frame.subarray(end),
  };
}

function parseMetadata(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
