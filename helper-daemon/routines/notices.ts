import type { Millis } from "../../src/protocol/values.ts";
import { visibleText } from "../../src/tools/visible-text.ts";
import { findProgram } from "../../src/tools/runner/find-program.ts";
import { desktopOf } from "../../src/tools/system/platform/desktop-of.ts";
import { runProcess } from "../../src/tools/runner/run-process.ts";
import type { Log } from "../logs.ts";

/** Where notifications are shown. */
interface Screen {
  platform: NodeJS.Platform;
  environment: Readonly<Record<string, string | undefined>>;
  /** The person's home folder. */
  home: string;
  log: Log;
}

const LIMIT_MS: Millis = 10_000;
const MOST_CHARACTERS = 300;

/** Shows a notification with the desktop's own program, if there is one. Never rejects; what does not work is in the log. */
export async function showNotice(
  { platform, environment, home, log }: Screen,
  title: string,
  text: string,
): Promise<void> {
  const words = visibleText([...text].slice(0, MOST_CHARACTERS).join(""));
  try {
    const desktop = desktopOf({ platform, environment, home });
    for (const { program, args, input } of desktop?.notify(`loopd: ${visibleText(title)}`, words) ?? []) {
      const file = await findProgram(program, environment);
      if (file === undefined) continue;
      const call = {
        callId: "routine-notice",
        signal: AbortSignal.timeout(LIMIT_MS),
        spawned: () => Promise.resolve(),
      };
      const where = { file, args, folder: home, environment, input, added: desktop?.variables };
      await runProcess({ ...call, ...where, onOutput: () => {} });
      return;
    }
    log.info({ title }, "there is nothing to show a notification with");
  } catch (error) {
    log.warn({ title, err: error }, "a notification could not be shown");
  }
}
