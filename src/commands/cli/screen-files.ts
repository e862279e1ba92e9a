import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { Command } from "commander";
import { LoopdError } from "../../protocol/errors.ts";
import { MAX_CAPTURE_BYTES } from "../../protocol/screen.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson } from "./print.ts";
import { budgetFlag, budgetOf, budgetWords } from "./screen-sight.ts";

type Options = { json?: boolean; budget?: number };

/** `loopd screen render` and `loopd screen diff`: captures in files, as the model would see them. */
export function addScreenFiles(screen: Command): void {
  screen
    .command("render")
    .argument("<file>", "a captured window: JSON, perhaps gzipped")
    .description("Show a captured window as the model sees it.")
    .option(budgetFlag, budgetWords, budgetOf)
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd screen render window.json", "loopd screen render window.json --budget 400"))
    .action(render);

  screen
    .command("diff")
    .argument("<before>", "a captured window")
    .argument("<after>", "the same window later")
    .description("Show what the model is told when a window has changed.")
    .option(budgetFlag, budgetWords, budgetOf)
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd screen diff before.json after.json"))
    .action(diff);
}

async function render(file: string, { json, budget }: Options): Promise<void> {
  const capture = await packedCapture(file);
  const shown = await withHelper((connection) => connection.request("screen.render", { capture, budget }));
  if (json === true) return printJson(shown);
  print(shown.text);
}

async function diff(before: string, after: string, { json, budget }: Options): Promise<void> {
  const captures = { before: await packedCapture(before), after: await packedCapture(after) };
  const shown = await withHelper((connection) => connection.request("screen.diff", { ...captures, budget }));
  if (json === true) return printJson(shown);
  print(shown.full ? shown.text : shown.diff);
}

/** A capture file as the helper takes it. @throws LoopdError `usage` for a file that cannot be read. */
async function packedCapture(file: string): Promise<string> {
  const read = await readFile(file).catch((cause: unknown) => {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    throw new LoopdError("usage", `${file} could not be read (${why}). Name a file with a captured window.`, { cause });
  });
  const isPacked = read[0] === 0x1f && read[1] === 0x8b;
  const text = isPacked
    ? await promisify(gunzip)(read, { maxOutputLength: MAX_CAPTURE_BYTES }).catch(tooLarge(file))
    : read;
  if (text.length > MAX_CAPTURE_BYTES) tooLarge(file)();
  return (await promisify(gzip)(text)).toString("base64");
}

const tooLarge = (file: string) => (): never => {
  throw new LoopdError("usage", `${file} is no capture: it is damaged, or larger than ${MAX_CAPTURE_BYTES} bytes.`);
};
