import type { AccessibilityBus } from "./bus.ts";

/** Waits for a program to be done with what was asked of it, by its events. */
export interface Settling {
  /** Resolves with the number of events once it was quiet. */
  quiet(): Promise<number>;
  stop(): void;
}

const QUIET_MS = 60;
/** How long the first event may take: work that goes through a second process, as in a browser, starts late. */
const FIRST_MS = 200;
const LONGEST_MS = 500;

/** Listens to a program from before it is asked, so that nothing is missed. */
export async function startSettling(bus: AccessibilityBus, sender: string): Promise<Settling> {
  let events = 0;
  let heard: () => void = () => {};
  const stop = await bus.listen(sender, () => {
    events += 1;
    heard();
  });
  return {
    stop,
    quiet: () =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          clearTimeout(longest);
          heard = () => {};
          resolve(events);
        };
        const longest = setTimeout(done, LONGEST_MS);
        let timer = setTimeout(done, events === 0 ? FIRST_MS : QUIET_MS);
        heard = () => {
          clearTimeout(timer);
          timer = setTimeout(done, QUIET_MS);
        };
      }),
  };
}

/** Resolves when a program says that something changed, or with false once the time is over. */
export async function untilEvent(bus: AccessibilityBus, sender: string, timeMs: number): Promise<boolean> {
  let heard: (isChanged: boolean) => void = () => {};
  const happened = new Promise<boolean>((resolve) => (heard = resolve));
  const stop = await bus.listen(sender, () => heard(true));
  const timer = setTimeout(() => heard(false), timeMs);
  const isChanged = await happened;
  clearTimeout(timer);
  stop();
  return isChanged;
}
