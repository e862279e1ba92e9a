import { createSessionScreen } from "./create-session-screen.ts";
import { openScreen, type Screen } from "./screen.ts";
import type { Place } from "./screen-program.ts";
import type { SessionScreen } from "./session-screen.ts";

/** The sights of all sessions on the one screen there is. */
export interface Screens {
  screen: Screen;
  /** The sight of a session, or of a person at the command line, by any name of its own. */
  of(key: string): SessionScreen;
}

/** So many sessions keep their sight; one that was forgotten reads anew. */
const MOST_SESSIONS = 50;

/** The screen of a place. Nothing is started before it is asked something. */
export function openScreens(place: Place): Screens {
  const screen = openScreen(place);
  const sessions = new Map<string, SessionScreen>();
  return {
    screen,
    of: (key) => {
      const known = sessions.get(key) ?? createSessionScreen(screen);
      sessions.delete(key);
      sessions.set(key, known);
      const [oldest] = sessions.keys();
      if (oldest !== undefined && sessions.size > MOST_SESSIONS) sessions.delete(oldest);
      return known;
    },
  };
}
