import type { OutputItem } from '#shared/wire/outputs.ts';
import { outputDragType } from '../run-form/file-from.ts';

/** A work of the gallery on its way to a form's file field. */
export function startDrag(transfer: DataTransfer, item: OutputItem): void {
  transfer.setData(outputDragType, item.storage_key);
  transfer.effectAllowed = 'copy';
}

/** A small picture that stays with the form, since the address it comes from expires. */
export async function lasting(item: OutputItem): Promise<string | null> {
  if (!item.thumbnails) return null;
  try {
    const blob = await (await fetch(item.thumbnails.small)).blob();
    if (!blob.type.startsWith('image/')) return null;
    return await new Promise((done, failed) => {
      const reader = new FileReader();
      reader.onload = () => done(String(reader.result));
      reader.onerror = () => failed(reader.error);
      reader.readAsDataURL(blob);
    });
  } catch {
    return null;
  }
}
