import { useCallback } from 'react';
import { useLocation } from 'wouter';
import { importDraft } from '../../state/import-draft.ts';
import { notify } from '../../ui/notices.tsx';

/** Opens a chosen or dropped file on the import page, or says what is wrong with it. */
export function useOpenFile(): (file: File | undefined) => Promise<void> {
  const [, navigate] = useLocation();
  return useCallback(
    async (file) => {
      if (!file) return;
      // Fetched when it is needed: most visits open no file.
      const { readFile } = await import('./read-file.ts');
      const read = await readFile(file);
      if ('problem' in read) return void notify.bad(read.problem);
      importDraft.open(read.draft);
      navigate('/import');
    },
    [navigate],
  );
}
