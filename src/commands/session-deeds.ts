import { Alert, confirmAlert, Icon } from "@raycast/api";
import type { Connection, Listener } from "../protocol/connect.ts";
import type { Entry } from "../protocol/entries.ts";
import { LoopdError } from "../protocol/errors.ts";
import type { NotificationOf } from "../protocol/notifications.ts";
import type { SessionRow } from "../protocol/requests.ts";
import type { Seq } from "../protocol/values.ts";
import { sessionTitle } from "./present/session.ts";
import { filesAlert, filesDone } from "./present/undo-files.ts";
import { sentence } from "./present/quantity.ts";
import { epochWords } from "./present/window-words.ts";
import { CLIENT, openForRaycast } from "./raycast-helper.ts";
import { withToast } from "./with-toast.ts";

type Request = Connection["request"];

/** Begins another session with the past of this one, up to an entry. */
export async function forkSession(request: Request, row: Pick<SessionRow, "session">, at?: Seq): Promise<void> {
  await withToast({ doing: "Forking…", done: "Forked", failed: "It Could Not Be Forked" }, async () => {
    const { session } = await request("session.fork", { session: row.session, at });
    return `${session.session} begins with the same past`;
  });
}

/** Lets the model begin anew in the same session, after a question. */
export async function clearSession(request: Request, row: Pick<SessionRow, "session" | "title">): Promise<void> {
  const isSure = await confirmAlert({
    title: "Clear This Session?",
    message: `The model forgets everything said in “${sessionTitle(row)}”. The trace keeps it, and a fork brings it back.`,
    icon: Icon.Eraser,
    primaryAction: { title: "Clear", style: Alert.ActionStyle.Destructive },
  });
  if (!isSure) return;
  await withToast({ doing: "Clearing…", done: "Cleared", failed: "It Could Not Be Cleared" }, async () => {
    await request("session.clear", { session: row.session, by: CLIENT });
  });
}

/** Puts the files that a session changed back as they were; shows first which ones, and asks. */
export async function undoFiles(request: Request, { session }: Pick<SessionRow, "session">): Promise<void> {
  const words = {
    doing: "Looking at its files…",
    done: "Looked at its files",
    failed: "The Files Could Not Be Looked At",
  };
  const ask = async (isDryRun: boolean) => {
    const { files } = await request("session.undo-files", { session, isDryRun, by: CLIENT });
    return files;
  };
  let question: ReturnType<typeof filesAlert> | undefined;
  const isKnown = await withToast(words, async () => {
    question = filesAlert(await ask(true));
    return question.type === "nothing" ? question.message : undefined;
  });
  if (!isKnown || question?.type !== "ask") return;
  const { title, message } = question;
  const primaryAction = { title: "Put Back", style: Alert.ActionStyle.Destructive };
  if (!(await confirmAlert({ title, message, icon: Icon.Undo, primaryAction }))) return;
  const back = { doing: "Putting files back…", done: "Files put back", failed: "The Files Could Not Be Put Back" };
  await withToast(back, async () => filesDone(await ask(false)));
}

/** Has a conversation made smaller, and tells what came of it. */
export async function compactSession({ session }: Pick<SessionRow, "session">): Promise<void> {
  const words = { doing: "Making it smaller…", done: "Smaller now", failed: "Nothing Was Made Smaller" };
  await withToast(words, () => compact(session));
}

/** @throws LoopdError `nothing-to-compact` with the reason why it stayed as it was, and those of the helper. */
async function compact(session: string): Promise<string> {
  let heard: (entry: Entry) => void = () => {};
  const answered = new Promise<Entry>((resolve) => (heard = resolve));
  const listener: Listener = (name, value) => {
    if (name !== "entries.added") return;
    const asked = (value as NotificationOf<"entries.added">).entries.find(isAnswer);
    if (asked !== undefined) heard(asked);
  };
  const connection = await openForRaycast(listener, "if-missing");
  try {
    const { after, turn } = await connection.request("session.compact", { session, by: CLIENT });
    if (turn !== undefined) return "As soon as the turn that runs asks the model again.";
    await connection.request("entries.follow", { session, after });
    const lost = connection.closed.then((reason): never => {
      throw reason;
    });
    const { seq } = await Promise.race([answered, lost]);
    const { window } = await connection.request("session.window", { session });
    const row = window.epochs.findLast((epoch) => epoch.seq === seq);
    if (row === undefined) throw new LoopdError("nothing-to-compact", "The session was cleared meanwhile.");
    const outcome = sentence(epochWords(row, window.tokens));
    if (row.skipped !== undefined) throw new LoopdError("nothing-to-compact", outcome);
    return outcome;
  } finally {
    connection.close();
  }
}

function isAnswer({ kind, data }: Entry): boolean {
  if (kind === "session.cleared") return true;
  return (kind === "epoch.opened" || kind === "epoch.skipped") && data.reason === "asked";
}
