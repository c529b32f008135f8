import { useEffect } from 'preact/hooks';

/** Keeps the screen lit while it matters, where the browser can. */
export function useWakeLock(wanted: boolean): void {
  useEffect(() => {
    if (!wanted || !('wakeLock' in navigator)) return undefined;
    let held: WakeLockSentinel | null = null;
    let over = false;
    const hold = async () => {
      try {
        const lock = await navigator.wakeLock.request('screen');
        if (over) await lock.release();
        else held = lock;
      } catch {
        // Refused, as with an empty battery: the server goes on without the screen.
      }
    };
    const again = () => {
      if (!document.hidden) void hold();
    };
    void hold();
    document.addEventListener('visibilitychange', again);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', again);
      void held?.release();
    };
  }, [wanted]);
}
