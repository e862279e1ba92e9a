import type { Millis } from "../protocol/values.ts";
import { createScreenClient, type ScreenClient, type ScreenHealth } from "./client.ts";
import { Problem } from "./problem.ts";
import { type ScreenAnswerOf, type ScreenRequest, type ScreenRequestOf, screenAnswers } from "./requests.ts";
import { backendOf, type Place, screenProgram } from "./screen-program.ts";

/** How one request about the screen is asked. */
export interface ScreenAsking {
  signal?: AbortSignal;
  /** How long it may take; absent: what is usual for the request. */
  limitMs?: Millis;
  /** The process that the request's elements are from: with another one it is refused as `gone`. */
  generation?: number;
}

/** What was answered, and by which process: elements of one mean nothing to another. */
export interface ScreenReply<Name extends ScreenRequest["do"]> {
  answer: ScreenAnswerOf<Name>;
  generation: number;
}

/** The screen of this machine, whatever its platform. Expected failures are problems; nothing here throws. */
export interface Screen {
  ask<Name extends ScreenRequest["do"]>(
    request: ScreenRequestOf<Name>,
    asking: ScreenAsking,
  ): Promise<ScreenReply<Name> | Problem>;
  health(): ScreenHealth;
  close(): Promise<void>;
}

/** How long a request may take where nothing else is said. The process itself gives up sooner, and says why. */
const LIMITS: Record<ScreenRequest["do"], Millis> = {
  apps: 5_000,
  capture: 8_000,
  text: 5_000,
  hit: 5_000,
  check: 5_000,
  act: 15_000,
  changed: 5_000,
  trust: 5_000,
};
/** How long the process is kept without a request. */
const IDLE_MS: Millis = 60_000;

/** The screen as a place has it. Nothing is started before the first request. */
export function openScreen(place: Place): Screen {
  const client = createScreenClient({ program: screenProgram(place), idleMs: IDLE_MS, now: () => performance.now() });
  // What loopd-screen answers is of macOS: it is put into the words of all backends here, in the helper.
  const isMac = backendOf(place).name === "mac";
  let adapted: Promise<ScreenClient["ask"]> | undefined;
  const asker = async () => {
    if (!isMac) return client.ask;
    return (adapted ??= import("./backends/mac/mac.ts").then(({ adaptMac }) => adaptMac(client.ask)));
  };
  return {
    ask: async <Name extends ScreenRequest["do"]>(request: ScreenRequestOf<Name>, asking: ScreenAsking) => {
      const { signal, limitMs = LIMITS[request.do], generation } = asking;
      const ask = await asker();
      const reply = await ask(request, { limitMs, signal, generation });
      if (reply instanceof Problem) return reply;
      const parsed = screenAnswers[request.do].safeParse(reply.answer);
      if (!parsed.success) return new Problem("crashed", "What reads the screen gave an unreadable answer. Try again.");
      return { answer: parsed.data as ScreenAnswerOf<Name>, generation: reply.generation };
    },
    health: client.health,
    close: client.close,
  };
}
