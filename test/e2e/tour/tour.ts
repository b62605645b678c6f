/**
 * `npm run tour -- [--theme dark] [--width 390] [folder] [scene …]`: pictures of every page in its states, in both themes and three widths, from real
 * studios with the starter engine, and index.html to look at them side by side. A scene is named wholly or by how its
 * name begins.
 */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Scene } from './scene.ts';
import { scenes } from './scenes.ts';
import { writeSheet } from './sheet.ts';
import { studios } from './studios.ts';
import { allThemes, allWidths, fileOf, type Look, Viewer } from './take.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { theme: { type: 'string' }, width: { type: 'string' } },
});
const [folder = resolve(import.meta.dirname, '../../../shots'), ...wanted] = positionals;
const themes = allThemes.filter((theme) => !values.theme || theme === values.theme);
const widths = allWidths.filter(({ width }) => !values.width || width === Number(values.width));
const chosen = scenes.filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)),
);

async function takeAll(studioName: string, some: readonly Scene[]): Promise<number> {
  const open = studios[studioName];
  if (!open) throw new Error(`There is no studio "${studioName}"; they are in test/e2e/tour/studios.ts.`);
  const studio = await open();
  let wrong = 0;
  const pictures = async (look: Look, as: string | undefined) => {
    const viewer = await Viewer.open(look, studio, as);
    for (const scene of some.filter((one) => one.as === as)) {
      for (const error of await viewer.take(scene, folder)) {
        wrong += 1;
        console.error(`${fileOf(scene, look)}: ${error}`);
      }
    }
    await viewer.close();
  };
  try {
    for (const theme of themes) {
      for (const viewport of widths) {
        for (const as of new Set(some.map((scene) => scene.as))) await pictures({ theme, viewport }, as);
        console.log(`${studioName}, ${theme}, ${viewport.width}: done`);
      }
    }
  } finally {
    await studio.close();
  }
  return wrong;
}

mkdirSync(folder, { recursive: true });
let wrong = 0;
for (const studio of new Set(chosen.map((scene) => scene.studio))) {
  wrong += await takeAll(
    studio,
    chosen.filter((scene) => scene.studio === studio),
  );
}
writeSheet(folder, chosen);
console.log(`${chosen.length * themes.length * widths.length} pictures in ${folder}, ${wrong} complaints`);
process.exitCode = wrong > 0 ? 1 : 0;
