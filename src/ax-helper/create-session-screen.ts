import { Problem } from "./problem.ts";
import type { Screen } from "./screen.ts";
import type { SessionScreen } from "./session-screen.ts";
import type { Sighted } from "./session/open-session-screen.ts";

/** A session's sight of a screen. Nothing of it is loaded before it is used. */
export function createSessionScreen(screen: Screen): SessionScreen {
  let opened: Sighted | undefined;
  let opening: Promise<Sighted> | undefined;
  const sighted = () =>
    (opening ??= import("./session/open-session-screen.ts").then(
      ({ openSessionScreen }) => (opened = openSessionScreen(screen)),
    ));
  return {
    apps: async (signal) => {
      const reply = await screen.ask({ do: "apps" }, { signal });
      return reply instanceof Problem ? reply : reply.answer;
    },
    trust: async (how, signal) => {
      const reply = await screen.ask({ do: "trust", ask: how === "ask" }, { signal });
      return reply instanceof Problem ? reply : reply.answer;
    },
    capture: async (choice, signal) => (await sighted()).capture(choice, signal),
    peek: async (choice, budget, signal) => (await sighted()).peek(choice, budget, signal),
    choose: async (choice, signal) => (await sighted()).choose(choice, signal),
    read: async (choice, looking) => (await sighted()).read(choice, looking),
    expand: async (ref, looking, from) => (await sighted()).expand(ref, looking, from),
    find: (ref) => opened?.find(ref),
    // Only what was found before can be acted on, so it is decided at once what that is.
    act: (ref, action, looking) =>
      opened === undefined
        ? sighted().then((session) => session.act(ref, action, looking))
        : opened.act(ref, action, looking),
    wait: async (choice, awaited, looking) => (await sighted()).wait(choice, awaited, looking),
  };
}
