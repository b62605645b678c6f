import type { ManifestEntry } from './link/protocol.ts';

type Kind = ManifestEntry['kind'];

/** What a file is, by its ending: engines keep files of many kinds under keys like `images`. */
const kinds: Readonly<Record<string, readonly [Kind, string]>> = {
  '.png': ['image', 'image/png'],
  '.jpg': ['image', 'image/jpeg'],
  '.jpeg': ['image', 'image/jpeg'],
  '.webp': ['image', 'image/webp'],
  '.gif': ['image', 'image/gif'],
  '.avif': ['image', 'image/avif'],
  '.svg': ['image', 'image/svg+xml'],
  '.exr': ['image', 'image/x-exr'],
  '.tif': ['image', 'image/tiff'],
  '.tiff': ['image', 'image/tiff'],
  '.mp4': ['video', 'video/mp4'],
  '.m4v': ['video', 'video/mp4'],
  '.webm': ['video', 'video/webm'],
  '.mkv': ['video', 'video/x-matroska'],
  '.mov': ['video', 'video/quicktime'],
  '.flac': ['audio', 'audio/flac'],
  '.mp3': ['audio', 'audio/mpeg'],
  '.opus': ['audio', 'audio/ogg'],
  '.ogg': ['audio', 'audio/ogg'],
  '.wav': ['audio', 'audio/wav'],
  '.m4a': ['audio', 'audio/mp4'],
  '.txt': ['text', 'text/plain; charset=utf-8'],
  '.json': ['text', 'application/json'],
  '.csv': ['text', 'text/csv; charset=utf-8'],
  '.glb': ['file', 'model/gltf-binary'],
  '.gltf': ['file', 'model/gltf+json'],
};

/** Kind and content type of an output; `said` is the engine's own content type, for endings that we don't know. */
export function outputKind(name: string, said: string): { kind: Kind; contentType: string } {
  const known = kinds[/\.[^./\\]+$/.exec(name)?.[0].toLowerCase() ?? ''];
  if (known) return { kind: known[0], contentType: known[1] };
  const family = said.split('/')[0];
  const kind =
    family === 'image' || family === 'video' || family === 'audio' || family === 'text' ? family : 'file';
  return { kind, contentType: said || 'application/octet-stream' };
}
