import type { Handlers } from "./methods.ts";
import type { ScreenDesk, ScreenDeskOptions } from "./screen-desk.ts";

/** The `screen.*` methods. What they need is in memory from the first of them on. */
export function createScreenHandlers(
  options: ScreenDeskOptions,
): Pick<Handlers, Extract<keyof Handlers, `screen.${string}`>> {
  let opened: Promise<ScreenDesk> | undefined;
  const desk = () => (opened ??= import("./screen-desk.ts").then(({ createScreenDesk }) => createScreenDesk(options)));
  return {
    "screen.render": async (params) => (await import("./screen-files.ts")).renderFile(params),
    "screen.diff": async (params) => (await import("./screen-files.ts")).diffFiles(params),
    "screen.apps": async (params, signal) => (await desk()).apps(params, signal),
    "screen.read": async (params, signal) => (await desk()).read(params, signal),
    "screen.expand": async (params, signal) => (await desk()).expand(params, signal),
    "screen.act": async (params, signal) => (await desk()).act(params, signal),
    "screen.wait": async (params, signal) => (await desk()).wait(params, signal),
    "screen.capture": async (params, signal) => (await desk()).capture(params, signal),
    "screen.permissions": async (params, signal) => (await desk()).permissions(params, signal),
  };
}
