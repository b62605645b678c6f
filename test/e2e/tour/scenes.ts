import type { Scene } from './scene.ts';
import { engineScenes } from './scenes-engines.ts';
import { libraryScenes } from './scenes-library.ts';
import { shellScenes } from './scenes-shell.ts';
import { workScenes } from './scenes-work.ts';

/** Every picture of the tour. A room's scenes are a list of their own and a line here. */
export const scenes: readonly Scene[] = [...shellScenes, ...workScenes, ...libraryScenes, ...engineScenes];
