/** Resolves at the first Ctrl+C or polite end; a second one ends at once. */
export function endSignal(): Promise<void> {
  return new Promise((done) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked && signal === 'SIGINT') process.exit(130);
        asked = true;
        done();
      });
    }
  });
}
