import { createSessionScreen } from "./create-session-screen.ts";
import { openScreen, type Screen } from "./screen.ts";
import type { Place } from "./screen-program.ts";
import type { Millis } from "../protocol/values.ts";
import type { SessionScreen } from "./session-screen.ts";

/** The sights of all sessions on the one screen there is. */
export interface Screens {
  screen: Screen;
  /** The sight of a session, or of a person at the command line, by any name of its own. */
  of(key: string): SessionScreen;
}

/** So many sessions keep their sight; one that was forgotten reads anew. */
const MOST_SESSIONS = 50;
/** None is forgotten that looked just before: what it gives out now is not on record yet, and no number may be used twice. */
const REST: Millis = 15 * 60_000;

/** The screen of a place. Nothing is started before it is asked something. `now`: a clock that never goes back. */
export function openScreens(place: Place, now: () => Millis = () => performance.now()): Screens {
  const screen = openScreen(place);
  const sessions = new Map<string, { eyes: SessionScreen; usedAt: Millis }>();
  return {
    screen,
    of: (key) => {
      const eyes = sessions.get(key)?.eyes ?? createSessionScreen(screen);
      sessions.delete(key);
      sessions.set(key, { eyes, usedAt: now() });
      for (const [oldest, { usedAt }] of sessions) {
        if (sessions.size <= MOST_SESSIONS || now() - usedAt < REST) break;
        sessions.delete(oldest);
      }
      return eyes;
    },
  };
}
