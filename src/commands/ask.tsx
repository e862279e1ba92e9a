import { Detail, type LaunchProps } from "@raycast/api";
import { showFailureToast } from "@raycast/utils";
import type { Connection } from "../protocol/connect.ts";
import { asLoopdError } from "../protocol/errors.ts";
import type { TurnRow } from "../protocol/requests.ts";
import type { AskDraft } from "./ask-form.tsx";
import { AskScreens, type AskStart, newTurn } from "./ask-screens.tsx";
import type { TurnTarget } from "./follow-turn.ts";
import { HelperProblemView } from "./helper-problem.tsx";
import { readLastTurn } from "./last-turn.ts";
import { type AskContext, parseAskContext } from "./present/ask-context.ts";
import { isWorthReturning } from "./present/last-turn.ts";
import { workspaceFolder } from "./preferences.ts";
import { helperProgram } from "./raycast-helper.ts";
import { useLive } from "./use-live.ts";

type Request = Connection["request"];
type AskProps = LaunchProps<{ arguments: { text?: string }; draftValues: AskDraft; launchContext: AskContext }>;

/**
 * Asks at once if it was launched with a text; opens the session or turn that it was launched for; returns to the last turn
 * if that is not over; else shows the form.
 */
export default function Ask({ arguments: values, fallbackText, draftValues, launchContext }: AskProps) {
  const context = parseAskContext(launchContext);
  const text = values.text?.trim() || fallbackText?.trim() || "";
  const { state, remedy, request, reload } = useLive({
    key: "start",
    staleOn: [],
    load: (ask) => loadStart(ask, text, context, draftValues ?? {}),
  });
  if (state.type === "opening") return <Detail isLoading markdown="" />;
  if (state.type === "problem") return <HelperProblemView problem={state.problem} onRemedy={remedy} />;
  const link = { request, isReconnecting: state.isReconnecting };
  return <AskScreens start={state.value} link={link} onReload={reload} />;
}

async function loadStart(ask: Request, text: string, context: AskContext, draft: AskDraft): Promise<AskStart> {
  const { endpoints } = await ask("endpoint.list", {});
  const last = await loadLastTurn(ask);
  if (text !== "") {
    const target = newTurn({ input: text, workspace: workspaceFolder() });
    return { endpoints, last, screen: { type: "turn", target } };
  }
  if (context.session !== undefined)
    return { endpoints, last, screen: await sessionScreen(ask, context.session, context) };
  const question = context.question ?? draft.question;
  const isDraft = question !== undefined && question.trim() !== "";
  if (last !== undefined && !isDraft) return { endpoints, last, screen: { type: "turn", target: last } };
  return { endpoints, last, screen: { type: "form", draft: { ...draft, question } } };
}

/** The turn that was asked for, or the one that is open; where there is none, the form that goes on in the session. */
async function sessionScreen(
  ask: Request,
  session: string,
  { turn, question }: AskContext,
): Promise<AskStart["screen"]> {
  const shown = await ask("session.show", { session }).catch(async (error: unknown) => {
    if (asLoopdError(error).code !== "unknown-session") throw error;
    await showFailureToast(error, { title: "That Session Is Gone" });
  });
  if (shown === undefined) return { type: "form", draft: { question } };
  const isOpen = ({ state }: TurnRow) => state === "running" || state === "waiting" || state === "queued";
  const wanted = shown.turns.find((row) => (turn === undefined ? isOpen(row) : row.turn === turn));
  if (wanted !== undefined) return { type: "turn", target: { type: "attach", session, turn: wanted.turn } };
  return { type: "form", draft: { question }, session: shown.session };
}

async function loadLastTurn(ask: Request): Promise<TurnTarget | undefined> {
  const last = await readLastTurn(helperProgram().home);
  if (last === undefined) return undefined;
  const { session, turn } = last;
  try {
    const { turns } = await ask("session.show", { session });
    const state = turns.find((row) => row.turn === turn)?.state;
    return isWorthReturning(last, state, Date.now()) ? { type: "attach", session, turn } : undefined;
  } catch (error) {
    // The session may have been deleted; anything else is a problem of the helper.
    if (asLoopdError(error).code === "unknown-session") return undefined;
    throw error;
  }
}
