import { api } from '../../api/endpoints.ts';

/** What the gallery and others put on a drag of an output: its storage key. */
export const outputDragType = 'application/x-atelier-output';

async function fetched(url: string, name: string): Promise<File | null> {
  const reply = await fetch(url);
  if (!reply.ok) return null;
  const blob = await reply.blob();
  return new File([blob], name, { type: blob.type });
}

/** An output of the team as a file, to be used as an input; null when it is gone. */
export async function fileOfOutput(storageKey: string): Promise<File | null> {
  const [, taskId = ''] = storageKey.split('/');
  const { outputs } = await api.getResult(taskId);
  const output = outputs.find((one) => one.storage_key === storageKey);
  return output ? fetched(output.url, output.name) : null;
}

/** What was dropped: a file from the machine, or a picture of this desk. */
export function droppedFile(transfer: DataTransfer): Promise<File | null> {
  const [file] = transfer.files;
  if (file) return Promise.resolve(file);
  const key = transfer.getData(outputDragType);
  if (key) return fileOfOutput(key);
  const source = /<img[^>]+src="([^"]+)"/.exec(transfer.getData('text/html'))?.[1];
  const url = source && new URL(source.replaceAll('&amp;', '&'), location.href);
  if (!url || url.origin !== location.origin) return Promise.resolve(null);
  return fetched(url.href, decodeURIComponent(url.pathname.split('/').at(-1) ?? 'picture'));
}
