import { createHmac, randomBytes } from "node:crypto";
import { environment, LaunchType, LocalStorage, openExtensionPreferences, showToast, Toast } from "@raycast/api";
import { createDeeplink } from "@raycast/utils";
import * as z from "zod";
import type { Connection } from "../protocol/connect.ts";
import { asLoopdError } from "../protocol/errors.ts";
import { OWN_PROFILE, type PreferredEndpoint, preferredEndpoint } from "./present/preferences.ts";
import { exactly } from "./present/quantity.ts";
import { readPreferences } from "./preferences.ts";

const KEY = "pushed-preferences";
/** What was pushed last. Of the endpoint a salted hash, from which nobody reads the key. */
const pushedSchema = z.object({ home: z.string(), salt: z.string(), hash: z.string(), menuBar: z.boolean() });
type Pushed = z.infer<typeof pushedSchema>;
type Request = Connection["request"];

/**
 * Hands what the preferences pane says to the helper, which cannot read it, where it is other than last time. Never fails:
 * what is wrong is told in a toast, and the command goes on. Resolves with whether there is a new endpoint.
 */
export async function pushPreferences(request: Request, home: string): Promise<"new" | "unchanged"> {
  try {
    const preferences = readPreferences();
    const before = await readPushed(home);
    const menuBar = preferences.pushToMenuBar === true;
    const isOtherBar = menuBar !== (before?.menuBar ?? false);
    if (isOtherBar) await request("helper.menu-bar", { link: menuBar ? statusLink() : null });
    const salt = before?.salt ?? randomBytes(16).toString("hex");
    const hashOf = (endpoint: PreferredEndpoint) =>
      createHmac("sha256", salt).update(JSON.stringify(endpoint)).digest("hex");
    const keep = (hash: string) =>
      LocalStorage.setItem(KEY, JSON.stringify({ home, salt, hash, menuBar } satisfies Pushed));
    const wanted = preferredEndpoint(preferences);
    const untouched = before?.hash ?? hashOf({ type: "none" });
    if (wanted.type === "mistake") {
      if (isOtherBar) await keep(untouched);
      await complain("The Preferences Are Not Right", wanted.words);
      return "unchanged";
    }
    const hash = hashOf(wanted);
    const isSame = hash === untouched && (wanted.type === "none" || (await isThere(request)));
    if (!isSame) await push(request, wanted, untouched === hashOf({ type: "none" }) ? "ask" : "keep");
    if (!isSame || isOtherBar) await keep(hash);
    return isSame || wanted.type === "none" ? "unchanged" : "new";
  } catch (thrown) {
    await complain("The Preferences Were Not Taken", asLoopdError(thrown).message);
    return "unchanged";
  }
}

/** Runs Show Status in the background. */
function statusLink(): string {
  return createDeeplink({ command: "show-status", launchType: LaunchType.Background });
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
    const { model, usableWindow: window } = endpoint;
    toast.message = window.source === "assumed" ? model : `${model}, window of ${exactly(window.tokens)} tokens`;
  } catch (thrown) {
    await toast.hide();
    await complain("The Endpoint Does Not Work", asLoopdError(thrown).message);
  } finally {
    connection?.close();
  }
}

/** An endpoint that the person has just filled in for the first time is asked from then on; a changed one is only kept. */
async function push(
  request: Request,
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

async function isThere(request: Request): Promise<boolean> {
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
