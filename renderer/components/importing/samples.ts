import { useQuery } from '@tanstack/react-query';
import { type Draft, readWorkflow } from './read-file.ts';

/** The sample workflows that ship with Atelier, loaded only where they are offered. */
const files = import.meta.glob<unknown>('../../../resources/workflows/*.json', { import: 'default' });

async function load(): Promise<Draft[]> {
  const drafts = await Promise.all(
    Object.entries(files).map(async ([path, open]) => {
      const read = readWorkflow(path.split('/').at(-1) ?? path, await open());
      return 'draft' in read ? [read.draft] : [];
    }),
  );
  // The ones that need nothing from the person come first: they run with a click.
  const needsFile = (draft: Draft) =>
    Number(draft.parameters.some((def) => def.type === 'file' && def.required));
  return drafts.flat().sort((a, b) => needsFile(a) - needsFile(b) || a.name.localeCompare(b.name));
}

export const useSamples = () =>
  useQuery({ queryKey: ['samples'], queryFn: load, staleTime: Number.POSITIVE_INFINITY });
