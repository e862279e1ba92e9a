import type { Command } from "commander";
import { answeredBy } from "./card-desk.ts";
import { usage } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson } from "./print.ts";

/** `loopd stop --all`: the kill switch. */
export function addStop(program: Command): void {
  program
    .command("stop")
    .description("Stop everything: cancel every open turn, close its cards, end its processes.")
    .option("--all", "required, so that nobody stops everything by accident")
    .option("--reason <text>", "why; kept in the trace", "")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd stop --all"))
    .action(stop);
}

async function stop({ all, reason, json }: { all?: boolean; reason: string; json?: boolean }): Promise<void> {
  if (all !== true) throw usage("Say loopd stop --all to stop everything, or loopd turn cancel SESSION for one turn.");
  const { turns } = await withHelper((connection) =>
    connection.request("turn.stop-all", { by: answeredBy(), why: reason }),
  );
  if (json === true) return printJson({ turns });
  print(turns.length === 0 ? "Nothing was running." : `Stopped ${turns.length} turn(s).`);
}
