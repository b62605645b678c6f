import { create } from 'zustand';
import type { Profile } from '#shared/wire/identity.ts';

export type Phase = 'starting' | 'unreachable' | 'signed-out' | 'ready';

interface ConnectionState {
  readonly phase: Phase;
  readonly profile: Profile | null;
  /** The team-wide event stream: `broken` shows the reconnecting banner. */
  readonly stream: 'opening' | 'open' | 'broken';
}

/** Where the desk stands with its gateway. */
export const useConnection = create<ConnectionState>(() => ({
  phase: 'starting',
  profile: null,
  stream: 'opening',
}));

/** The team every request speaks for: the first of the signed-in user's. */
export const currentTeam = () => useConnection.getState().profile?.team_list[0];
