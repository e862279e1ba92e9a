import { randomUUID } from "node:crypto";
import { useState } from "react";
import type { EndpointRow } from "../protocol/config.ts";
import type { SessionRow, TurnRequest } from "../protocol/requests.ts";
import { type AskDraft, AskForm } from "./ask-form.tsx";
import { AskTurn } from "./ask-turn.tsx";
import type { TurnTarget } from "./follow-turn.ts";
import { askedOverrides, workspaceFolder } from "./preferences.ts";
import type { HelperLink } from "./use-helper-link.ts";

/** The form, for a new session or one that goes on; or a turn. */
type Screen = { type: "form"; draft: AskDraft; session?: SessionRow } | { type: "turn"; target: TurnTarget };

/** What Ask needs to know before its first view. */
export interface AskStart {
  endpoints: readonly EndpointRow[];
  /** A turn that still runs, or whose end nobody saw. */
  last: TurnTarget | undefined;
  /** Where it begins. */
  screen: Screen;
}

/** The views of Ask, one after the other. */
export function AskScreens(props: { start: AskStart; link: HelperLink; onReload: () => void }) {
  const { start, link, onReload } = props;
  const [screen, setScreen] = useState<Screen>(start.screen);
  const ask = (wanted: Omit<TurnRequest, "requestId">) => setScreen({ type: "turn", target: newTurn(wanted) });
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
  const { last, endpoints } = start;
  const { session } = screen;
  return (
    <AskForm
      endpoints={endpoints}
      draft={screen.draft}
      session={session}
      workspace={session?.workspace ?? workspaceFolder()}
      link={link}
      onAsk={(question) =>
        ask(
          session === undefined
            ? { ...question, workspace: workspaceFolder() }
            : { ...question, session: session.session },
        )
      }
      onChecked={onReload}
      onReturn={last && (() => setScreen({ type: "turn", target: last }))}
    />
  );
}

/** A new turn as Raycast asks it. Its id makes sure that a repeated submit does not ask twice. */
export function newTurn(request: Omit<TurnRequest, "requestId">): TurnTarget {
  return { type: "submit", request: { requestId: randomUUID(), overrides: askedOverrides(), ...request } };
}
