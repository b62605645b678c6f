import { z } from 'zod';
import type { OutputItem } from '#shared/wire/outputs.ts';

/** How a work of the gallery travels while it is dragged. */
export const draggedType = 'application/x-atelier-output';

const dragged = z.object({
  id: z.string(),
  name: z.string(),
  content_type: z.string(),
  size: z.number(),
  thumb: z.string().nullable(),
});
export type Dragged = z.infer<typeof dragged>;

export const asDragged = (item: OutputItem): Dragged => ({
  id: item.id,
  name: item.name,
  content_type: item.content_type,
  size: item.size,
  thumb: item.thumbnails?.small ?? (item.kind === 'image' ? item.url : null),
});

export function startDrag(transfer: DataTransfer, item: OutputItem): void {
  transfer.setData(draggedType, JSON.stringify(asDragged(item)));
  transfer.effectAllowed = 'copy';
}

/** The work that was let go here, if it was one. */
export function readDragged(transfer: DataTransfer): Dragged | null {
  try {
    return dragged.parse(JSON.parse(transfer.getData(draggedType)));
  } catch {
    return null;
  }
}

/** A small picture that stays with the form, since the address it comes from expires. */
export async function lasting(thumb: string | null): Promise<string | null> {
  if (!thumb) return null;
  try {
    const blob = await (await fetch(thumb)).blob();
    if (!blob.type.startsWith('image/') || blob.size > 200_000) return null;
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
