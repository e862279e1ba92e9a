import { Problem } from "./problem.ts";
import type { Screen } from "./screen.ts";
import type { SessionScreen } from "./session-screen.ts";

/** A session's sight of a screen; nothing is looked at yet. */
export function createSessionScreen(screen: Screen): SessionScreen {
  const nothing = () => Promise.resolve(new Problem("unavailable", "Not built yet."));
  return {
    apps: async (signal) => {
      const reply = await screen.ask({ do: "apps" }, { signal });
      return reply instanceof Problem ? reply : reply.answer;
    },
    choose: nothing,
    read: nothing,
    expand: nothing,
    find: () => undefined,
    act: nothing,
    wait: nothing,
  };
}
