import { chooseWindow } from "./choose-window.ts";
import { Problem } from "../problem.ts";
import type { Screen } from "../screen.ts";
import type { SessionScreen } from "../session-screen.ts";
import { nameText } from "../tree/inert-text.ts";
import { act } from "./act.ts";
import { expand } from "./expand.ts";
import { createTurns, type Session } from "./session.ts";
import { SessionView } from "./session-view.ts";
import { wait } from "./wait.ts";
import { captureChosen, captureWindow, chooseNow, listWindows } from "./window-reader.ts";

/** What only needs the pipeline: heavy, so it is loaded once a session looks. */
export type Sighted = Omit<SessionScreen, "apps" | "trust">;

/** A session's sight of a screen. */
export function openSessionScreen(screen: Screen): Sighted {
  const memory = new SessionView();
  const session: Session = { screen, memory, inTurn: createTurns() };
  return {
    capture: async (choice, signal) => {
      const chosen = await chooseNow(screen, choice, undefined, signal);
      if (chosen instanceof Problem) return chosen;
      // Whoever wants the capture itself, or a picture, gets one also of a window that tells nothing.
      const captured = await captureWindow(screen, chosen.list, chosen.from, signal, { mayBeSilent: true });
      return captured instanceof Problem ? captured : { window: captured.window, about: captured.about };
    },
    peek: (choice, budget, signal) =>
      session.inTurn(signal, async () => {
        const captured = await captureChosen(screen, choice, undefined, signal);
        return captured instanceof Problem ? captured : memory.peek(captured, budget);
      }),
    choose: async (choice, signal) => {
      const list = await listWindows(screen, signal);
      if (list instanceof Problem) return list;
      const chosen = chooseWindow(list.apps, choice);
      return chosen instanceof Problem ? chosen : { app: chosen.app, window: chosen.title };
    },
    read: (choice, looking) => {
      memory.begin(looking);
      return session.inTurn(looking.signal, async () => {
        const { signal, only } = looking;
        const chosen = await chooseNow(screen, choice, only, signal);
        if (chosen instanceof Problem) return chosen;
        const captured = await captureWindow(screen, chosen.list, chosen.from, signal);
        if (!(captured instanceof Problem)) return memory.show(captured, looking).sight;
        if (captured.code !== "no-tree") return captured;
        return memory.showClosed(chosen.list, chosen.from, nameText(captured.message), looking);
      });
    },
    expand: (ref, looking, from = 0) => expand(session, ref, looking, from),
    find: (ref) => memory.find(ref),
    act: (ref, action, looking) => act(session, ref, action, looking),
    wait: (choice, awaited, looking) => wait(session, choice, awaited, looking),
  };
}
