/** ComfyUI's old names of folders; it takes both (`map_legacy`), and so do workflows. */
const oldNames: Readonly<Record<string, string>> = {
  unet: 'diffusion_models',
  clip: 'text_encoders',
  t2i_adapter: 'controlnet',
};

/**
 * A model's path as everything compares it: folder and name. `models/checkpoints/x` and `checkpoints/x` are the same
 * file (Cyberun spec, section 6), and so are `unet/x` and `diffusion_models/x`.
 */
export function modelPathOf(path: string): string {
  const below = path.replaceAll('\\', '/').replace(/^\/?models\//, '');
  const [folder = '', ...rest] = below.split('/');
  return [oldNames[folder] ?? folder, ...rest].join('/');
}

/** The folder of a path, as it stands before the first slash. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.indexOf('/')));

/** What comes after the last slash. */
export const fileNameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const extensions = /\.(safetensors|sft|gguf|ckpt|pt|pt2|pth|bin|pkl|onnx)$/i;

/** Is this the name of a model, as far as its ending tells? What programs write beside models is not. */
export const isModelName = (name: string): boolean => extensions.test(name);

/**
 * May a file be written under this path, below a models folder, whoever says so? A folder and a model's name at least,
 * no way out of the folder, nothing hidden, nothing that a system reads in its own way.
 */
export function isSafeModelPath(path: string): boolean {
  const parts = path.split('/');
  return (
    path.length <= 512 &&
    parts.length >= 2 &&
    !/[\\:*?"<>|\p{Cc}]/u.test(path) &&
    parts.every((part) => part !== '' && !part.startsWith('.') && !/[. ]$/.test(part)) &&
    parts[0] !== 'custom_nodes' &&
    isModelName(path)
  );
}
