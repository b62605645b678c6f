import { describe, expect, it } from 'vitest';
import { readPreview } from '../../../../electron/agent/engines/comfyui/frames.ts';

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const picture = Buffer.from('picture');
const withMetadata = (text: string) =>
  Buffer.concat([word(4), word(Buffer.byteLength(text)), Buffer.from(text), picture]);

describe('readPreview', () => {
  it('reads a plain preview, which names no run', () => {
    const jpeg = readPreview(Buffer.concat([word(1), word(1), picture]));
    expect(jpeg).toMatchObject({ promptId: undefined, contentType: 'image/jpeg' });
    expect(Buffer.from(jpeg!.bytes)).toEqual(picture);
    expect(readPreview(Buffer.concat([word(1), word(2), picture]))?.contentType).toBe('image/png');
  });

  it('reads a preview with metadata', () => {
    const read = readPreview(withMetadata('{"prompt_id":"p1","image_type":"image/png"}'));
    expect(read).toMatchObject({ promptId: 'p1', contentType: 'image/png' });
    expect(Buffer.from(read!.bytes)).toEqual(picture);
  });

  it.each([
    ['text for a node', Buffer.concat([word(3), word(1), Buffer.from('1hello')])],
    ['a kind of the future', Buffer.concat([word(9), word(0), picture])],
    ['metadata that is not JSON', withMetadata('{')],
    ['metadata longer than the frame', Buffer.concat([word(4), word(1000), Buffer.from('{}')])],
    ['a frame that was cut off', Buffer.from([0, 0, 0])],
  ])('passes over %s', (_what, frame) => {
    expect(readPreview(frame)).toBeUndefined();
  });
});
