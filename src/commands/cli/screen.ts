import type { Command } from "commander";
import { appLines } from "../present/screen.ts";
import { ExitWith } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson } from "./print.ts";
import { addScreenAct } from "./screen-act.ts";
import { addScreenFiles } from "./screen-files.ts";
import { addScreenSight } from "./screen-sight.ts";

/** `loopd screen`: what a model sees of windows, and what it can do there. */
export function addScreen(program: Command): void {
  const screen = program
    .command("screen")
    .description("Show and operate windows as the model does.")
    .addHelpText(
      "after",
      examples(
        "loopd screen apps",
        "loopd screen read --app galculator",
        "loopd screen act b15 press",
        "loopd screen capture -o window.json.gz && loopd screen render window.json.gz",
      ) + "\n\nWhat you do here is done at once: approvals are for models, and you are the person.",
    );

  screen
    .command("apps")
    .description("List the programs that show windows; * marks the window that has the keyboard.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd screen apps", "loopd screen apps --json"))
    .action(apps);
  addScreenSight(screen);
  addScreenAct(screen);
  addScreenFiles(screen);
  screen
    .command("permissions")
    .description("Tell whether the screen can be read here; exit code 1 if it cannot.")
    .option("--ask", "let the system ask you for it, or switch it on where that is enough")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd screen permissions", "loopd screen permissions --ask"))
    .action(permissions);
}

async function apps({ json }: { json?: boolean }): Promise<void> {
  const { apps: rows } = await withHelper((connection) => connection.request("screen.apps", {}));
  if (json === true) return printJson(rows);
  if (rows.length === 0) return print("No program shows a window to accessibility. See: loopd screen permissions");
  print(appLines(rows).join("\n"));
}

async function permissions({ ask, json }: { ask?: boolean; json?: boolean }): Promise<void> {
  const isAsking = ask === true;
  const found = await withHelper((connection) => connection.request("screen.permissions", { isAsking }));
  if (json === true) printJson(found);
  else print(`The screen ${found.isTrusted ? "can" : "cannot"} be read. ${found.how}`);
  if (!found.isTrusted) throw new ExitWith(1);
}
