/** Somebody who is connected for longer than one request. */
export interface Present {
  readonly teamId: string;
  readonly userId: string | null;
  readonly credentialId: string | null;
}

/** What goes: a key, a whole team, or one user of it. */
export type Gone = { readonly credentialId: string } | { readonly teamId: string; readonly userId?: string };

/** Ends what is open (event streams) the moment its caller loses the right to it: every request is checked, a stream isn't. */
export class Departures {
  readonly #open = new Map<Present, () => void>();

  /** @returns forgets the caller again, when it has left by itself */
  watch(present: Present, end: () => void): () => void {
    // A key of its own for each stream: one caller may have several.
    const key = { ...present };
    this.#open.set(key, end);
    return () => void this.#open.delete(key);
  }

  tell(gone: Gone): void {
    for (const [present, end] of [...this.#open]) {
      const meant =
        'credentialId' in gone
          ? present.credentialId === gone.credentialId
          : present.teamId === gone.teamId && (gone.userId === undefined || present.userId === gone.userId);
      if (!meant) continue;
      this.#open.delete(present);
      end();
    }
  }
}
