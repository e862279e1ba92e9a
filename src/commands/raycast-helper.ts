import { join } from "node:path";
import { environment } from "@raycast/api";
import type { OpenConnection } from "./follow-turn.ts";
import { homeFolder, openHelper } from "./open-helper.ts";
import type { HelperProgram } from "./start-helper.ts";

/** What the helper calls the Raycast commands in its log and in the trace. */
export const CLIENT = "raycast";

/** The helper of this person's home, and how to run the one that comes with the extension. */
export function helperProgram(): HelperProgram {
  return {
    home: homeFolder(process.env, process.platform),
    helperScript: join(environment.assetsPath, "helper", "helper.mjs"),
    node: process.execPath,
  };
}

/** Opens a connection for a Raycast command. Errors as those of `openHelper`. */
export const openForRaycast: OpenConnection = (listener, start) =>
  openHelper({ ...helperProgram(), client: CLIENT, start }, listener);
