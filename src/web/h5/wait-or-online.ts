/** Waits, but no longer than until the phone says it is connected again. */
export function waitOrOnline(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, durationMs);
    addEventListener('online', done);
  });
}
