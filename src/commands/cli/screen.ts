import type { Command } from "commander";
import { examples } from "./options.ts";
import { addScreenFiles } from "./screen-files.ts";

/** `loopd screen`: what a model sees of windows. */
export function addScreen(program: Command): void {
  const screen = program
    .command("screen")
    .description("Show windows as the model sees them.")
    .addHelpText("after", examples("loopd screen render window.json", "loopd screen diff before.json after.json"));
  addScreenFiles(screen);
}
