// `node build/make-icons.mjs`: draws resources/icon.svg at the sizes that windows and trays want.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';

const resources = resolve(import.meta.dirname, '../resources');
const drawing = await loadImage(readFileSync(join(resources, 'icon.svg')));

for (const [name, size] of Object.entries({ 'icon.png': 512, 'tray.png': 22, 'tray@2x.png': 44 })) {
  const canvas = createCanvas(size, size);
  canvas.getContext('2d').drawImage(drawing, 0, 0, size, size);
  writeFileSync(join(resources, name), canvas.toBuffer('image/png'));
}
