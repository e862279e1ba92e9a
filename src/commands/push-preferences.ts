import { createHmac, randomBytes } from "node:crypto";
import { environment, LaunchType, LocalStorage, openExtensionPreferences, showToast, Toast } from "@raycast/api";
import * as z from "zod";
import type { Connection } from "../protocol/connect.ts";
import { asLoopdError } from "../protocol/errors.ts";
import { OWN_PROFILE, type PreferredEndpoint, preferredEndpoint } from "./present/preferences.ts";
import { windowCell } from "./present/endpoint.ts";
import { readPreferences } from "./preferences.ts";

const KEY = "pushed-preferences";
/** What was pushed last: a salted hash, from which nobody reads the key. */
const pushedSchema = z.object({ home: z.string(), salt: z.string(), hash: z.string() });
type Pushed = z.infer<typeof pushedSchema>;

/**
 * Hands the endpoint of the preferences pane to the helper, which cannot read it, where it is another one than last time.
 * Never fails: what is wrong is told in a toast, and the command goes on. Resolves with whether there is a new endpoint.
 */
export async function pushPreferences(request: Connection["request"], home: string): Promise<"new" | "unchanged"> {
  try {
    const wanted = preferredEndpoint(readPreferences());
    const before = await readPushed(home);
    const salt = before?.salt ?? randomBytes(16).toString("hex");
    const hash = createHmac("sha256", salt).update(JSON.stringify(wanted)).digest("hex");
    if (wanted.type === "mistake") {
      await complain("The Preferences Are Not Right", wanted.words);
      return "unchanged";
    }
    if (before?.hash === hash && (wanted.type === "none" || (await isThere(request)))) return "unchanged";
    const isFirst = before === undefined;
    if (wanted.type === "none" && isFirst) return "unchanged";
    await push(request, wanted, isFirst ? "ask" : "keep");
    await LocalStorage.setItem(KEY, JSON.stringify({ home, salt, hash } satisfies Pushed));
    return wanted.type === "none" ? "unchanged" : "new";
  } catch (thrown) {
    await complain("The Preferences Were Not Taken", asLoopdError(thrown).message);
    return "unchanged";
  }
}

/** Looks at the endpoint that was pushed, and tells what was found. */
export async function checkPushed(open: () => Promise<Connection>): Promise<void> {
  if (!isWatched()) return;
  const toast = await showToast({ style: Toast.Style.Animated, title: "Checking the endpoint…" });
  let connection: Connection | undefined;
  try {
    connection = await open();
    const { endpoint } = await connection.request("endpoint.probe", { name: OWN_PROFILE });
    toast.style = Toast.Style.Success;
    toast.title = "The endpoint answers";
    toast.message = `${endpoint.model}, window of ${windowCell(endpoint)} tokens`;
  } catch (thrown) {
    await toast.hide();
    await complain("The Endpoint Does Not Work", asLoopdError(thrown).message);
  } finally {
    connection?.close();
  }
}

/** An endpoint that the person has just filled in for the first time is asked from then on; a changed one is only kept. */
async function push(
  request: Connection["request"],
  wanted: Exclude<PreferredEndpoint, { type: "mistake" }>,
  use: "ask" | "keep",
): Promise<void> {
  if (wanted.type === "endpoint") {
    const { profile, key } = wanted;
    await request("endpoint.keep", { name: OWN_PROFILE, profile, key, use: use === "ask" });
  } else if (await isThere(request)) {
    await request("endpoint.remove", { name: OWN_PROFILE });
  }
}

async function isThere(request: Connection["request"]): Promise<boolean> {
  const { endpoints } = await request("endpoint.list", {});
  return endpoints.some(({ name }) => name === OWN_PROFILE);
}

async function readPushed(home: string): Promise<Pushed | undefined> {
  const text = await LocalStorage.getItem<string>(KEY);
  try {
    const pushed = pushedSchema.parse(JSON.parse(text ?? "null"));
    return pushed.home === home ? pushed : undefined;
  } catch {
    return undefined;
  }
}

async function complain(title: string, message: string): Promise<void> {
  if (!isWatched()) return;
  const primaryAction = { title: "Open Preferences", onAction: () => void openExtensionPreferences() };
  await showToast({ style: Toast.Style.Failure, title, message, primaryAction });
}

/** Whether somebody looks who could see a toast: not so in the menu bar and in the background. */
function isWatched(): boolean {
  return environment.commandMode === "view" && environment.launchType === LaunchType.UserInitiated;
}
