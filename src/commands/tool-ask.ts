import type { Tool } from "@raycast/api";
import { createDeeplink } from "@raycast/utils";
import type { Millis } from "../protocol/values.ts";
import { newTurn } from "./ask-screens.tsx";
import { followTurn } from "./follow-turn.ts";
import { listCards } from "./list-cards.ts";
import { askLink } from "./open-ask.ts";
import { presentCard } from "./present/card.ts";
import { presentFinish } from "./present/finish.ts";
import { oneLine } from "./present/terminal-text.ts";
import { addEntry, beginProgress, type TurnProgress } from "./present/turn-progress.ts";
import { workspaceFolder } from "./preferences.ts";
import { openForRaycast } from "./raycast-helper.ts";

/** What Raycast AI asks. */
export interface ToolQuestion {
  question: string;
  session?: string;
}

/** What it gets. */
export interface ToolAnswer {
  state: string;
  /** What the model said so far, or in the end. */
  answer: string;
  /** Goes on in the same conversation. */
  session: string;
  /** What a person does next, where something is left to do. */
  next?: string;
}

/** How long the end of a turn is waited for. */
const LONGEST_WAIT: Millis = 120_000;
/** How long, once it waits for a person: who talks to Raycast AI cannot answer meanwhile. */
const LONGEST_WAIT_FOR_PERSON: Millis = 5_000;
const LONGEST_QUESTION = 1_000;

/** What the person agrees to before anything is asked. */
export async function confirmQuestion({
  question,
  session,
}: ToolQuestion): ReturnType<Tool.Confirmation<ToolQuestion>> {
  return {
    message: "Ask loopd? It may work with your files, and asks you before it changes anything.",
    info: [
      { name: "Question", value: oneLine(question, LONGEST_QUESTION) },
      { name: "Session", value: session ?? "a new one" },
      ...(session === undefined ? [{ name: "Works In", value: workspaceFolder() }] : []),
    ],
  };
}

/** Asks, and waits for the end for a while; the turn goes on without being waited for. @throws LoopdError */
export async function askForTool({ question, session }: ToolQuestion): Promise<ToolAnswer> {
  const place = session === undefined ? { workspace: workspaceFolder() } : { session };
  const followed = await followTurn(newTurn({ input: question, ...place }), openForRaycast);
  let progress = beginProgress(followed.session, followed.turn);
  let limit = setTimeout(() => followed.close(), LONGEST_WAIT);
  try {
    for await (const event of followed) {
      if (event.type !== "entry") continue;
      progress = addEntry(progress, event.entry);
      if (event.entry.kind !== "card.opened") continue;
      clearTimeout(limit);
      limit = setTimeout(() => followed.close(), LONGEST_WAIT_FOR_PERSON);
    }
    return await answerOf(progress);
  } finally {
    clearTimeout(limit);
    followed.close();
  }
}

async function answerOf({
  finish,
  error,
  limit,
  text,
  session,
  turn,
  pendingCards,
}: TurnProgress): Promise<ToolAnswer> {
  const answer = text.trim();
  if (finish === "done") return { state: "done", answer, session };
  if (finish !== undefined)
    return { state: finish, answer, session, next: presentFinish(finish, error, limit).sentence };
  const link = askLink({ session, turn });
  if (pendingCards.length === 0)
    return { state: "running", answer, session, next: `It goes on by itself. The person sees it here: ${link}` };
  const what = await waitingWords(session);
  const review = createDeeplink({ command: "review-approvals" });
  const next = `It waits for the person (${what}), who alone can answer: ${review}. Then the answer is here: ${link}`;
  return { state: "waiting", answer, session, next };
}

async function waitingWords(session: string): Promise<string> {
  const connection = await openForRaycast(() => {}, "if-missing");
  try {
    const cards = await listCards(connection.request, { session });
    return cards.map((card) => oneLine(presentCard(card).title, 200)).join("; ") || "an approval";
  } finally {
    connection.close();
  }
}
