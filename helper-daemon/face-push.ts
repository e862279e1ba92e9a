import type { EntryKind } from "../src/protocol/entries.ts";
import type { Millis } from "../src/protocol/values.ts";
import { runProcess } from "../src/tools/runner/run-process.ts";
import type { DesktopCommand } from "../src/tools/system/platform/desktop.ts";
import { programOf } from "../src/tools/system/platform/run-desktop.ts";
import type { ConfigFile } from "./config-file.ts";
import type { Hub } from "./hub.ts";
import type { Log } from "./logs.ts";

/** What the push is made from. */
export interface PushWorld {
  file: ConfigFile;
  hub: Pick<Hub, "listen">;
  log: Log;
  /** Variables of the helper. */
  environment: Readonly<Record<string, string | undefined>>;
  /** The helper's home folder. */
  folder: string;
}

/** What the menu bar shows. */
const TOLD: ReadonlySet<EntryKind> = new Set<EntryKind>(["card.opened", "card.resolved"]);
/** What is recorded within it is told at once. */
const GATHERED: Millis = 100;
/** Between two pushes, each of which starts programs and a command of Raycast. Nothing is told more than a second late. */
const SHORTEST_PAUSE: Millis = 700;
const LIMIT: Millis = 5_000;

/** Ends well while Raycast runs: opening its address would start it, which is not ours to do. */
const isRunning: DesktopCommand = { program: "pgrep", folder: "/usr/bin", args: ["-x", "Raycast"] };
const opens = (link: string): DesktopCommand => ({ program: "open", folder: "/usr/bin", args: ["-g", link] });

/**
 * Has Raycast run the menu bar command in the background whenever a card is opened or answered, once the person has chosen
 * that (`menuBar` in the config). Nothing waits for it; what goes wrong is in the log.
 */
export function pushToFaces(world: PushWorld): void {
  let timer: NodeJS.Timeout | undefined;
  let earliest = 0;
  const push = async () => {
    timer = undefined;
    earliest = performance.now() + SHORTEST_PAUSE;
    const { menuBar } = world.file.current();
    if (menuBar === undefined) return;
    if ((await run(world, isRunning)) !== 0) return;
    const code = await run(world, opens(menuBar));
    if (code !== 0) world.log.warn({ code }, "Raycast's menu bar could not be told");
  };
  world.hub.listen((event) => {
    if (timer !== undefined || event.type !== "entries" || world.file.current().menuBar === undefined) return;
    if (!event.entries.some(({ kind }) => TOLD.has(kind))) return;
    const wait = Math.max(GATHERED, earliest - performance.now());
    timer = setTimeout(() => void push().catch((err: unknown) => world.log.warn({ err }, "a push failed")), wait);
    timer.unref();
  });
}

/** Exit code of a program of the desktop; undefined where it is missing or was ended. */
async function run({ environment, folder }: PushWorld, command: DesktopCommand): Promise<number | undefined> {
  const file = await programOf(command, environment);
  if (file === undefined) return undefined;
  const call = {
    callId: "menu-bar",
    signal: AbortSignal.timeout(LIMIT),
    spawned: () => Promise.resolve(),
  };
  const end = await runProcess({ ...call, file, args: command.args, folder, environment, onOutput: () => {} });
  return end.type === "ended" ? end.code : undefined;
}
