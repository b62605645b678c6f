const orientationTag = 0x0112;

/** The orientation (1–8) in an EXIF block, with or without its `Exif\0\0` head; 1 where it says nothing sound. */
export function exifOrientation(block: Uint8Array): number {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  const tiff = bytes.toString('latin1', 0, 6) === 'Exif\0\0' ? bytes.subarray(6) : bytes;
  const order = tiff.toString('latin1', 0, 2);
  if (tiff.length < 8 || (order !== 'II' && order !== 'MM')) return 1;
  const u16 = (at: number) => (order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = order === 'II' ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (directory + 2 > tiff.length) return 1;
  for (let index = 0; index < u16(directory); index++) {
    const entry = directory + 2 + index * 12;
    if (entry + 12 > tiff.length) return 1;
    if (u16(entry) !== orientationTag) continue;
    const value = u16(entry + 8);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** An EXIF block of text tags, in the bytes that PIL writes (big-endian, one directory). */
export function exifOfTexts(texts: ReadonlyMap<number, string>): Buffer {
  const entries = [...texts]
    .sort(([a], [b]) => a - b)
    .map(([tag, text]) => ({ tag, value: Buffer.from(`${text}\0`, 'latin1') }));
  const head = Buffer.alloc(8 + 2 + entries.length * 12 + 4);
  head.write('MM', 'latin1');
  head.writeUInt16BE(42, 2);
  head.writeUInt32BE(8, 4);
  head.writeUInt16BE(entries.length, 8);
  const values: Buffer[] = [];
  let offset = head.length;
  entries.forEach(({ tag, value }, index) => {
    const at = 10 + index * 12;
    head.writeUInt16BE(tag, at);
    head.writeUInt16BE(2, at + 2);
    head.writeUInt32BE(value.length, at + 4);
    if (value.length <= 4) {
      value.copy(head, at + 8);
      return;
    }
    head.writeUInt32BE(offset, at + 8);
    const padded = value.length % 2 ? Buffer.concat([value, Buffer.alloc(1)]) : value;
    values.push(padded);
    offset += padded.length;
  });
  return Buffer.concat([head, ...values]);
}
