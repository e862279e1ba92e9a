import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { Problem } from "../src/ax-helper/problem.ts";
import type { Screens } from "../src/ax-helper/screens.ts";
import type { Looking, Sight, WindowChoice } from "../src/ax-helper/session-screen.ts";
import { LoopdError } from "../src/protocol/errors.ts";
import type { ParsedParamsOf, ResultOf } from "../src/protocol/requests.ts";
import type { ShownWindow } from "../src/protocol/screen.ts";
import type { SessionId } from "../src/protocol/values.ts";
import { screenError } from "./screen-error.ts";

type ScreenMethod = "apps" | "read" | "expand" | "act" | "wait" | "capture" | "permissions";

/** The `screen.*` methods that look at windows. Each ends with its signal. @throws LoopdError for every problem. */
export type ScreenDesk = {
  [Name in ScreenMethod]: (
    params: ParsedParamsOf<`screen.${Name}`>,
    signal: AbortSignal,
  ) => Promise<ResultOf<`screen.${Name}`>>;
};

/** What the desk looks through. */
export interface ScreenDeskOptions {
  screens: Screens;
  /** Bytes of text that a model gets of one call. */
  outputBytes(): number;
  /** @throws LoopdError `unknown-session` */
  checkSession(session: SessionId): unknown;
}

/** The name under which a person's sight is kept: no session has one like it. */
const PERSON = "person";
/** UTF-8 bytes of a token, in every budget. */
const BYTES_PER_TOKEN = 3.5;
/** Most base64 of a capture in one answer: a frame has 4 MiB for everything. */
const MAX_PACKED = 4 * 1024 * 1024 - 4096;

/** A person's own sight of the screen: it lasts from one command to the next, so that references do. */
export function createScreenDesk({ screens, outputBytes, checkSession }: ScreenDeskOptions): ScreenDesk {
  let looks = 0;
  let before: string | undefined;
  let lastRef = 0;
  const eye = () => screens.of(PERSON);
  /** Where nobody says how much: what a model gets. */
  const budget = () => Math.floor(outputBytes() / BYTES_PER_TOKEN);

  const looking = (signal: AbortSignal, tokens: number | undefined): Looking => {
    const known = before === undefined ? {} : { before };
    return { signal, lookId: `${PERSON}-${(looks += 1)}`, lastRef, budget: tokens ?? budget(), ...known };
  };
  const shown = (sight: Sight, { lookId }: Looking): ShownWindow => {
    before = lookId;
    lastRef = Math.max(lastRef, sight.lastRef);
    return windowOf(sight);
  };

  return {
    apps: async (_, signal) => {
      const { apps } = answered(await eye().apps(signal));
      return {
        apps: apps.map(({ pid, name, responding, windows }) => ({
          pid,
          name,
          isResponding: responding,
          windows: windows.map(({ title, active, modal }) => ({ title, isActive: active, isModal: modal })),
        })),
      };
    },
    read: async ({ session, isWhole, budget: tokens, ...choice }, signal) => {
      if (session !== undefined) {
        checkSession(session);
        const eyes = screens.of(session);
        return windowOf(answered(await eyes.peek(choiceOf(choice), tokens ?? budget(), signal)));
      }
      if (isWhole) before = undefined;
      const look = looking(signal, tokens);
      return shown(answered(await eye().read(choiceOf(choice), look)), look);
    },
    expand: async ({ ref, from, budget: tokens }, signal) => {
      const look = looking(signal, tokens);
      return shown(answered(await eye().expand(ref, look, from)), look);
    },
    act: async ({ ref, act, budget: tokens }, signal) => {
      const look = looking(signal, tokens);
      const { after, ...deed } = answered(await eye().act(ref, act, look));
      const now =
        after instanceof Problem ? { problem: after.code, message: screenError(after).message } : shown(after, look);
      return { ...deed, after: now };
    },
    wait: async ({ text, role, isGone, limitMs, budget: tokens, ...choice }, signal) => {
      const look = looking(signal, tokens);
      const awaited = { text, isGone, limitMs, ...(role === undefined ? {} : { role }) };
      const { sight, isMet } = answered(await eye().wait(choiceOf(choice), awaited, look));
      return sight === undefined ? { isMet } : { sight: shown(sight, look), isMet };
    },
    capture: async (choice, signal) => {
      const { window, about } = answered(await eye().capture(choiceOf(choice), signal));
      const { app, window: title } = window;
      const capture = (await promisify(gzip)(JSON.stringify(window))).toString("base64");
      if (capture.length > MAX_PACKED) {
        const size = `${about.nodes} elements, ${Math.ceil(capture.length / 1024 / 1024)} MiB packed`;
        throw new LoopdError(
          "screen-failed",
          `The capture of this window is too large to be handed over (${size}), so nothing was saved. Scroll or fold what it shows, or read it with: loopd screen read`,
        );
      }
      return { app, window: title, nodes: about.nodes, capture, ...(about.cut === "none" ? {} : { cut: about.cut }) };
    },
    permissions: async ({ isAsking }, signal) => {
      const { trusted, how } = answered(await eye().trust(isAsking ? "ask" : "look", signal));
      return { isTrusted: trusted, how };
    },
  };
}

function windowOf({ app, window, text, isFull, screen }: Sight): ShownWindow {
  return { app, window, text, isFull, screen };
}

/** Absent keys stay absent. */
function choiceOf({ app, window }: { app?: string | number | undefined; window?: string | undefined }): WindowChoice {
  return { ...(app === undefined ? {} : { app }), ...(window === undefined ? {} : { window }) };
}

function answered<Answer extends object>(answer: Answer | Problem): Answer {
  if (answer instanceof Problem) throw screenError(answer);
  return answer;
}
