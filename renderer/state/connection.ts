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

const storageKey = 'atelier.team';

/** The team every request speaks for: the one chosen in this browser, else the first of the signed-in user's. */
export const teamOf = (profile: Profile | null) =>
  profile?.team_list.find(({ id }) => id === localStorage.getItem(storageKey)) ?? profile?.team_list[0];

export const currentTeam = () => teamOf(useConnection.getState().profile);

/** Works in another team from now on. The page begins anew: nothing of the old team may stay on it. */
export function chooseTeam(id: string): void {
  localStorage.setItem(storageKey, id);
  location.assign('/');
}
