import { create } from 'zustand';

type Overlay = 'palette' | 'shortcuts' | null;

/** What lies over every page: one at a time. */
export const useOverlay = create<{ readonly open: Overlay }>(() => ({ open: null }));

export const openPalette = (): void => useOverlay.setState({ open: 'palette' });
export const openShortcuts = (): void => useOverlay.setState({ open: 'shortcuts' });
export const closeOverlay = (): void => useOverlay.setState({ open: null });
