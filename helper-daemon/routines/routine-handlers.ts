import type { MethodName } from "../../src/protocol/requests.ts";
import type { Handlers } from "../methods.ts";
import type { Routines } from "./routines.ts";

/** The part of the socket's table that is about routines. */
export function routineHandlers({
  desk,
  scheduler,
}: Routines): Pick<Handlers, Extract<MethodName, `routine.${string}`>> {
  return {
    "routine.add": async (params, _, origin) => (await desk()).add(params, origin),
    "routine.edit": async (params, _, origin) => (await desk()).edit(params, origin),
    "routine.remove": async (params, _, origin) => {
      await (await desk()).remove(params, origin);
      return {};
    },
    "routine.list": async (params) => (await desk()).list(params),
    "routine.preview": async (params) => (await desk()).preview(params),
    "routine.show": async ({ name }) => (await desk()).show(name),
    "routine.run": async (params) => (await desk()).run(params),
    "routine.cancel": async (params) => (await desk()).cancel(params),
    "routine.pause": async (params) => (await desk()).pause(params),
    "routine.resume": async (params) => (await desk()).resume(params),
    "routine.runs": async (params) => (await desk()).runs(params),
    "routine.next": async (params) => (await desk()).next(params),
    "routine.backfill": async (params) => (await desk()).backfill(params),
    "routine.poke": async () => {
      await scheduler.poke();
      return {};
    },
  };
}
