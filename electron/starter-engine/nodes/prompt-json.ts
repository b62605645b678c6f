import { pythonJson } from './python-text.ts';

/** The inputs declared FLOAT: ComfyUI casts them, so its metadata says `1.0` where the client sent `1`. */
export const floatInputs: ReadonlySet<string> = new Set([
  'SolidMask.value',
  'ThresholdMask.value',
  'PrimitiveFloat.value',
  'ImageScaleBy.scale_by',
  'ImageScaleToTotalPixels.megapixels',
  'ImageBlend.blend_factor',
  'ImageBlur.sigma',
  'ImageSharpen.sigma',
  'ImageSharpen.alpha',
  'SaveAnimatedWEBP.fps',
  'SaveAnimatedPNG.fps',
]);

function classOf(prompt: unknown, nodeId: string): string {
  const node: unknown = (prompt as Record<string, unknown>)[nodeId];
  const type: unknown =
    typeof node === 'object' && node !== null && 'class_type' in node ? node.class_type : '';
  return typeof type === 'string' ? type : '';
}

/** A graph as ComfyUI writes it into pictures. */
export function promptJson(prompt: unknown): string {
  return pythonJson(prompt, ([nodeId, group, input, ...deeper]) => {
    if (nodeId === undefined || group !== 'inputs' || deeper.length > 0) return false;
    return floatInputs.has(`${classOf(prompt, nodeId)}.${input}`);
  });
}
