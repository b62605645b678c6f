import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scene } from './scene.ts';
import { allThemes, allWidths, fileOf } from './take.ts';

const style = `
  body { margin: 0; padding: 24px; background: #141210; color: #f3ede6; font: 14px/1.5 system-ui, sans-serif; }
  h1 { font-weight: 500 } h2 { margin: 32px 0 8px; font-size: 16px }
  h2 small { color: #b9afa5; font-weight: 400 }
  .row { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 12px }
  figure { margin: 0 } figcaption { color: #b9afa5; font-size: 12px }
  img { display: block; height: 280px; border: 1px solid #35302c; border-radius: 8px; object-fit: cover; object-position: top }
`;

const figure = (file: string, words: string): string =>
  `<figure><a href="${file}"><img src="${file}" alt="${words}" loading="lazy"></a><figcaption>${words}</figcaption></figure>`;

/** One page with all pictures, a row a scene. */
export function writeSheet(folder: string, scenes: readonly Scene[]): void {
  const rows = scenes.map((scene) => {
    const pictures = allThemes.flatMap((theme) =>
      allWidths.map((viewport) => figure(fileOf(scene, { theme, viewport }), `${theme}, ${viewport.width}`)),
    );
    return `<h2>${scene.name} <small>${scene.route} · ${scene.state}</small></h2><div class="row">${pictures.join('')}</div>`;
  });
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Atelier: the tour</title><style>${style}</style><h1>The tour: ${scenes.length} scenes</h1>${rows.join('\n')}</html>`;
  writeFileSync(join(folder, 'index.html'), html);
}
