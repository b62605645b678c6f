import { deflateSync } from 'node:zlib';

/** Small files of every kind, made by hand, each carrying a given workflow. */
const u32 = (value: number) =>
  Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
const le32 = (value: number) => Buffer.from([...u32(value)].reverse());
const join = (...parts: (string | Buffer | number[])[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'utf8') : Buffer.from(part))),
  );

const chunk = (type: string, body: Buffer) => join(u32(body.length), type, body, [0, 0, 0, 0]);
const png = (...chunks: Buffer[]) =>
  join([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10], ...chunks, chunk('IEND', Buffer.alloc(0)));

/** A TIFF directory with texts, little-endian. */
export function exif(entries: [tag: number, text: string][]): Buffer {
  const head = 8 + 2 + entries.length * 12 + 4;
  let at = head;
  const bodies: Buffer[] = [];
  const rows = entries.map(([tag, text]) => {
    const body = join(text, [0]);
    const row = join([tag & 255, tag >> 8, 2, 0], le32(body.length), le32(at));
    bodies.push(body);
    at += body.length;
    return row;
  });
  return join('II', [42, 0], le32(8), [entries.length, 0], ...rows, le32(0), ...bodies);
}

const box = (type: string, ...body: (Buffer | string | number[])[]) => {
  const inside = join(...body);
  return join(u32(inside.length + 8), Buffer.from(type, 'latin1'), inside);
};

const comments = (pairs: string[]) =>
  join(le32(3), 'abc', le32(pairs.length), ...pairs.map((pair) => join(le32(Buffer.byteLength(pair)), pair)));

/** An EBML element with a length of four bytes. */
const element = (id: number[], body: Buffer) =>
  join(id, [0x10 | (body.length >>> 24), ...u32(body.length).subarray(1)], body);

function ogg(packets: Buffer[]): Buffer {
  const pages = packets.map((packet) => {
    const lacing = [...Array<number>(Math.floor(packet.length / 255)).fill(255), packet.length % 255];
    return join('OggS', Buffer.alloc(22), [lacing.length], lacing, packet);
  });
  return Buffer.concat(pages);
}

function movie(texts: Record<string, string>): Buffer {
  const names = Object.keys(texts);
  const keys = box('keys', u32(0), u32(names.length), ...names.map((name) => box('mdta', name)));
  const items = names.map((name, at) =>
    box(u32(at + 1).toString('latin1'), box('data', u32(1), u32(0), texts[name] ?? '')),
  );
  return join(
    box('ftyp', 'isom'),
    box('moov', box('udta', box('meta', u32(0), keys, box('ilst', ...items)))),
  );
}

export function files(workflow: string): Record<string, Buffer> {
  const glb = Buffer.from(JSON.stringify({ asset: { extras: { workflow: JSON.parse(workflow) } } }));
  const head = Buffer.from(JSON.stringify({ __metadata__: { workflow } }));
  const tiff = exif([[0x010f, `workflow:${workflow}`]]);
  const simple = element(
    [0x67, 0xc8],
    join(element([0x45, 0xa3], join('WORKFLOW')), element([0x44, 0x87], join(workflow))),
  );
  const frame = join([3], 'workflow\0', workflow);
  const synced = (size: number) => [(size >> 21) & 127, (size >> 14) & 127, (size >> 7) & 127, size & 127];
  const id3 = join('TXXX', synced(frame.length), [0, 0], frame);
  const avifItem = join(u32(0), tiff);
  const ftyp = box('ftyp', 'avif');
  const infe = box('infe', [2, 0, 0, 0, 0, 1, 0, 0], 'Exif', [0]);
  const metaOf = (offset: number) =>
    box(
      'meta',
      u32(0),
      box('iinf', u32(0), [0, 1], infe),
      box('iloc', u32(0), [0x44, 0, 0, 1, 0, 1, 0, 0, 0, 1], u32(offset), u32(avifItem.length)),
    );
  return {
    'ui.json': Buffer.from(workflow),
    'wrapped.json': Buffer.from(`{"prompt":{},"workflow":${workflow}}`),
    'text.png': png(chunk('tEXt', join('workflow\0', workflow))),
    'packed.png': png(chunk('zTXt', join('workflow\0', [0], deflateSync(workflow)))),
    'international.png': png(chunk('iTXt', join('workflow\0', [1, 0], '\0\0', deflateSync(workflow)))),
    'animated.png': png(chunk('comf', join('workflow\0', workflow))),
    'a.webp': join('RIFF', le32(0), 'WEBP', 'EXIF', le32(tiff.length), tiff),
    'a.jpg': join([0xff, 0xd8, 0xff, 0xe1], u32(tiff.length + 8).subarray(2), 'Exif\0\0', tiff, [0xff, 0xd9]),
    'a.avif': join(ftyp, metaOf(ftyp.length + metaOf(0).length + 8), box('mdat', avifItem)),
    'a.mp4': movie({ prompt: '{}', workflow }),
    'a.webm': join(
      element([0x1a, 0x45, 0xdf, 0xa3], Buffer.alloc(0)),
      element([0x18, 0x53, 0x80, 0x67], element([0x12, 0x54, 0xc3, 0x67], element([0x73, 0x73], simple))),
    ),
    'a.flac': join(
      'fLaC',
      [0x84, ...u32(comments([`workflow=${workflow}`]).length).subarray(1)],
      comments([`workflow=${workflow}`]),
    ),
    'a.opus': ogg([join('OpusHead'), join('OpusTags', comments([`workflow=${workflow}`]))]),
    'a.ogg': ogg([join([1], 'vorbis'), join([3], 'vorbis', comments([`WORKFLOW=${workflow}`]))]),
    'a.mp3': join('ID3', [4, 0, 0], synced(id3.length), id3),
    'a.svg': Buffer.from(`<svg><metadata><![CDATA[{"workflow":${workflow}}]]></metadata></svg>`),
    'a.glb': join('glTF', le32(2), le32(20 + glb.length), le32(glb.length), 'JSON', glb),
    'a.latent': join(le32(head.length), le32(0), head),
  };
}

export const bomb = (): Buffer =>
  png(chunk('zTXt', join('workflow\0', [0], deflateSync(Buffer.alloc(80 * 1024 * 1024, 32)))));
export const plainPng = (): Buffer => png(chunk('tEXt', join('parameters\0', 'a fox, Steps: 20')));
