import type { Asking, Reply, ScreenClient } from "../../client.ts";
import { Problem } from "../../problem.ts";
import { perhapsDone, stopped } from "../../request-ends.ts";
import { type ScreenRequest, screenRequestSchema } from "../../requests.ts";
import { act } from "./act.ts";
import { listApps } from "./apps.ts";
import { capture } from "./capture.ts";
import { check, hit, readText } from "./elements.ts";
import { type Look, startLook } from "./look.ts";
import { type InTurn, untilChanged } from "./settle.ts";
import { trust } from "./trust.ts";

type Immediate = Exclude<ScreenRequest, { do: "changed" }>;

/**
 * Answers the requests that all backends know through `loopd-screen`, which speaks of macOS. One at a time, each with all its
 * parts: nobody else's request comes between looking at an element and acting on it. Who cancels is told at once; what has been
 * asked then still ends, within its own bounds, so that the process and the elements that it knows live on.
 *
 * @param native asks the program itself.
 */
export function adaptMac(native: ScreenClient["ask"]): ScreenClient["ask"] {
  // Processes that let a call wait its whole limit the last time.
  const silent = new Set<number>();
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn: InTurn = (work) => {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  };
  return (asked, asking) => {
    if (asking.signal?.aborted === true) return Promise.resolve(stopped());
    const parsed = screenRequestSchema.safeParse(asked);
    if (!parsed.success) return Promise.resolve(new Problem("invalid", "This is no request about the screen."));
    let look: Look | undefined;
    const begin = () => (look = startLook(native, parsed.data, asking));
    const request = parsed.data;
    const answer =
      request.do === "changed"
        ? // Others take their turns while this one waits.
          untilChanged(begin(), request, inTurn)
        : inTurn(() =>
            asking.signal?.aborted === true ? Promise.resolve(stopped()) : answerTo(begin(), request, silent),
          );
    const reply = answer.then((given) =>
      given instanceof Problem ? given : { answer: given, generation: look?.generation() ?? 0 },
    );
    return untilCancelled(reply, asking, () => (look?.hasActed() === true ? perhapsDone() : stopped()));
  };
}

function answerTo(look: Look, request: Immediate, silent: Set<number>): Promise<object | Problem> {
  switch (request.do) {
    case "apps":
      return listApps(look, silent);
    case "capture":
      return capture(look, request);
    case "text":
      return readText(look, request);
    case "hit":
      return hit(look, request);
    case "check":
      return check(look, request.element);
    case "act":
      return act(look, request);
    case "trust":
      return trust(look, request.ask);
  }
}

/** The reply, or the problem that the cancellation is, whichever comes first. */
function untilCancelled(
  reply: Promise<Reply | Problem>,
  { signal }: Asking,
  cancelled: () => Problem,
): Promise<Reply | Problem> {
  if (signal === undefined) return reply;
  return new Promise((resolve, reject) => {
    const stop = () => resolve(cancelled());
    signal.addEventListener("abort", stop, { once: true });
    reply.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
