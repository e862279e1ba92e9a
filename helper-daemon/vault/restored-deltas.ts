import type { Tell } from "../../src/agent/ports.ts";
import { openEnd } from "./placeholder.ts";

/** Tells what a model says with real values in it. */
export interface RestoredDeltas {
  tell: Tell;
  /** Tells what was held back. */
  end(): void;
}

/** Holds the end of a delta back while it may be the beginning of a placeholder, at whatever byte that is split. */
export function restoreDeltas(tell: Tell, restore: (text: string) => string): RestoredDeltas {
  let held: { channel: Parameters<Tell>[0]["channel"]; text: string } | undefined;
  const release = () => {
    if (held !== undefined && held.text !== "") tell({ ...held, text: restore(held.text) });
    held = undefined;
  };
  return {
    tell: ({ channel, text }) => {
      if (channel === "reset") {
        held = undefined;
        return tell({ channel, text });
      }
      if (held !== undefined && held.channel !== channel) release();
      const whole = (held?.text ?? "") + text;
      const end = openEnd(whole);
      held = end === whole.length ? undefined : { channel, text: whole.slice(end) };
      if (end > 0) tell({ channel, text: restore(whole.slice(0, end)) });
    },
    end: release,
  };
}
