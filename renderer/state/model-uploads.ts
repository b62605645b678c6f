import { create } from 'zustand';
import { type UploadWish, uploadModel } from '../api/model-upload.ts';
import { modelApi } from '../api/models.ts';
import { keys, queryClient } from '../api/queries.ts';

/** What is kept of an upload beyond this page: enough to go on when the same file is chosen again. */
interface Kept {
  readonly id: string;
  readonly fileName: string;
  readonly size: number;
  readonly modified: number;
  readonly displayName: string;
  readonly folder: string;
  readonly path: string;
  readonly storageKey?: string;
  readonly uploadId?: string;
}

export interface ModelUpload extends Kept {
  /** `lost`: the page was left; the file has to be chosen again. */
  readonly state: 'sending' | 'finishing' | 'failed' | 'lost';
  readonly sent: number;
  readonly error: string;
}

const place = 'atelier.model-uploads';

function remembered(): ModelUpload[] {
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? '[]') as Kept[];
    return kept.map((one) => ({ ...one, state: 'lost', sent: 0, error: '' }));
  } catch {
    return [];
  }
}

function remember(uploads: readonly ModelUpload[]): void {
  const kept = uploads.map(({ state: _state, sent: _sent, error: _error, ...one }): Kept => one);
  localStorage.setItem(place, JSON.stringify(kept.filter(({ uploadId }) => uploadId !== undefined)));
}

export const useModelUploads = create<{ readonly uploads: readonly ModelUpload[] }>(() => ({
  uploads: remembered(),
}));

const files = new Map<string, File>();
const stops = new Map<string, AbortController>();

const set = (uploads: readonly ModelUpload[]): void => {
  useModelUploads.setState({ uploads });
  remember(uploads);
};
const all = (): readonly ModelUpload[] => useModelUploads.getState().uploads;
const change = (id: string, fields: Partial<ModelUpload>): void =>
  set(all().map((one) => (one.id === id ? { ...one, ...fields } : one)));

/** Begins an upload; it goes on while the desk is open, whichever page is shown. */
export function beginUpload({ file, displayName, folder, path }: UploadWish): void {
  const upload: ModelUpload = {
    ...{ id: crypto.randomUUID?.() ?? String(Math.random()), displayName, folder, path },
    ...{ fileName: file.name, size: file.size, modified: file.lastModified },
    ...{ state: 'sending', sent: 0, error: '' },
  };
  set([...all(), upload]);
  files.set(upload.id, file);
  void carry(upload.id);
}

/** Goes on with what failed; with what was lost once its file was chosen again. False: it is another file. */
export function resumeUpload(id: string, chosen?: File): boolean {
  const upload = all().find((one) => one.id === id);
  const file = chosen ?? files.get(id);
  if (!upload || !file) return false;
  const same =
    file.name === upload.fileName && file.size === upload.size && file.lastModified === upload.modified;
  if (!same) return false;
  files.set(id, file);
  void carry(id);
  return true;
}

/** Ends it and throws away what has gone up. */
export async function discardUpload(id: string): Promise<void> {
  const upload = all().find((one) => one.id === id);
  stops.get(id)?.abort();
  set(all().filter((one) => one.id !== id));
  files.delete(id);
  // One that is gone already needs no ending.
  if (upload?.uploadId) await modelApi.abort(upload.uploadId).catch(() => undefined);
}

async function carry(id: string): Promise<void> {
  const upload = all().find((one) => one.id === id);
  const file = files.get(id);
  if (!upload || !file) return;
  const stop = new AbortController();
  stops.set(id, stop);
  change(id, { state: 'sending', error: '' });
  const { displayName, folder, path, storageKey } = upload;
  try {
    await uploadModel({ file, displayName, folder, path }, storageKey ? { storageKey } : undefined, {
      signal: stop.signal,
      sent: (bytes) => useModelUploads.setState({ uploads: withSent(id, bytes) }),
      begun: (key, uploadId) => change(id, { storageKey: key, uploadId }),
      finishing: () => change(id, { state: 'finishing' }),
    });
    set(all().filter((one) => one.id !== id));
    files.delete(id);
    void queryClient.invalidateQueries({ queryKey: keys.models });
  } catch (error) {
    if (!stop.signal.aborted) change(id, { state: 'failed', error: (error as Error).message });
  }
}

const withSent = (id: string, sent: number): readonly ModelUpload[] =>
  all().map((one) => (one.id === id ? { ...one, sent } : one));
