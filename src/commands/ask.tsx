import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import { Detail, getPreferenceValues, type LaunchProps } from "@raycast/api";
import { useState } from "react";
import type { EndpointRow } from "../protocol/config.ts";
import type { Connection } from "../protocol/connect.ts";
import { asLoopdError } from "../protocol/errors.ts";
import type { TurnRequest } from "../protocol/requests.ts";
import { type AskDraft, AskForm } from "./ask-form.tsx";
import { AskTurn } from "./ask-turn.tsx";
import type { TurnTarget } from "./follow-turn.ts";
import { HelperProblemView } from "./helper-problem.tsx";
import { readLastTurn } from "./last-turn.ts";
import { isWorthReturning } from "./present/last-turn.ts";
import { helperProgram } from "./raycast-helper.ts";
import { useLive } from "./use-live.ts";

/** What Ask needs to know before its first view. */
interface AskStart {
  endpoints: readonly EndpointRow[];
  /** A turn that still runs, or whose end nobody saw. */
  last: TurnTarget | undefined;
}
type Screen = { type: "form"; draft: AskDraft } | { type: "turn"; target: TurnTarget };
type AskProps = LaunchProps<{ arguments: { text?: string }; draftValues: AskDraft }>;

/** Asks at once if it was launched with a text, returns to the last turn if that is not over, else shows the form. */
export default function Ask({ arguments: values, fallbackText, draftValues }: AskProps) {
  const { state, remedy } = useLive({ key: "start", load: loadStart, staleOn: [] });
  if (state.type === "opening") return <Detail isLoading markdown="" />;
  if (state.type === "problem") return <HelperProblemView problem={state.problem} onRemedy={remedy} />;
  const text = values.text?.trim() || fallbackText?.trim() || "";
  return <AskScreens start={state.value} text={text} draft={draftValues ?? {}} />;
}

function AskScreens({ start, text, draft }: { start: AskStart; text: string; draft: AskDraft }) {
  const [screen, setScreen] = useState<Screen>(() => firstScreen(start, text, draft));
  const ask = (request: Omit<TurnRequest, "requestId">) => setScreen({ type: "turn", target: submission(request) });
  if (screen.type === "turn") {
    return (
      <AskTurn
        target={screen.target}
        onContinue={(session, input) => ask({ session, input })}
        onNewQuestion={(question) => setScreen({ type: "form", draft: { question } })}
        onRetry={(target) => setScreen({ type: "turn", target })}
      />
    );
  }
  const { last } = start;
  return (
    <AskForm
      endpoints={start.endpoints}
      draft={screen.draft}
      workspace={workspaceFolder()}
      onAsk={(question) => ask({ ...question, workspace: workspaceFolder() })}
      onReturn={last && (() => setScreen({ type: "turn", target: last }))}
    />
  );
}

function firstScreen({ last }: AskStart, text: string, draft: AskDraft): Screen {
  if (text !== "") return { type: "turn", target: submission({ input: text, workspace: workspaceFolder() }) };
  const isDraft = draft.question !== undefined && draft.question.trim() !== "";
  return last === undefined || isDraft ? { type: "form", draft } : { type: "turn", target: last };
}

/** A new turn. Its id makes sure that a repeated submit does not ask twice. */
function submission(request: Omit<TurnRequest, "requestId">): TurnTarget {
  return { type: "submit", request: { requestId: randomUUID(), ...request } };
}

function workspaceFolder(): string {
  return getPreferenceValues<{ workspace?: string }>().workspace || homedir();
}

async function loadStart(request: Connection["request"]): Promise<AskStart> {
  const { endpoints } = await request("endpoint.list", {});
  return { endpoints, last: await loadLastTurn(request) };
}

async function loadLastTurn(request: Connection["request"]): Promise<TurnTarget | undefined> {
  const last = await readLastTurn(helperProgram().home);
  if (last === undefined) return undefined;
  const { session, turn } = last;
  try {
    const { turns } = await request("session.show", { session });
    const state = turns.find((row) => row.turn === turn)?.state;
    return isWorthReturning(last, state, Date.now()) ? { type: "attach", session, turn } : undefined;
  } catch (error) {
    // The session may have been deleted; anything else is a problem of the helper.
    if (asLoopdError(error).code === "unknown-session") return undefined;
    throw error;
  }
}
