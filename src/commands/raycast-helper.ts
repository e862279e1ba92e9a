import { join } from "node:path";
import { environment } from "@raycast/api";
import type { Connection } from "../protocol/connect.ts";
import type { OpenConnection } from "./follow-turn.ts";
import { homeFolder, openHelper } from "./open-helper.ts";
import { checkPushed, pushPreferences } from "./push-preferences.ts";
import type { HelperProgram } from "./start-helper.ts";
import { tellOfUpdate } from "./tell-of-update.ts";

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

const open: OpenConnection = (listener, start) => openHelper({ ...helperProgram(), client: CLIENT, start }, listener);

/** Done once for each launch of a command. */
let pushed: Promise<void> | undefined;

/**
 * Opens a connection for a Raycast command. By then the helper knows the preferences of this moment. Errors as those of
 * `openHelper`.
 */
export const openForRaycast: OpenConnection = async (listener, start) => {
  const connection = await open(listener, start);
  pushed ??= push(connection);
  await pushed;
  return connection;
};

async function push({ request, hello }: Connection): Promise<void> {
  await tellOfUpdate(helperProgram(), hello.version);
  const outcome = await pushPreferences(request, helperProgram().home);
  if (outcome === "new") void checkPushed(() => open(() => {}, "never"));
}
