import { Action, ActionPanel, Detail, Icon, Keyboard } from "@raycast/api";
import { useEffect } from "react";
import type { LoopdError } from "../protocol/errors.ts";
import { AskActions, type AskExits } from "./ask-actions.tsx";
import { AskRow } from "./ask-row.tsx";
import type { TurnTarget } from "./follow-turn.ts";
import { keepLastTurn } from "./last-turn.ts";
import { askActions } from "./present/ask-actions.ts";
import { presentAsk } from "./present/ask-view.ts";
import { plainMarkdown } from "./present/markdown-text.ts";
import { helperProgram } from "./raycast-helper.ts";
import { useCards } from "./use-cards.ts";
import { useClock } from "./use-clock.ts";
import { type TurnView, useTurn } from "./use-turn.ts";

/** Ways out of a turn, besides those of its actions. */
export interface TurnExits {
  onContinue: (session: string, input: string) => void;
  onNewQuestion: (input: string) => void;
  /** Follows or submits the same again, after an error. */
  onRetry: (target: TurnTarget) => void;
}

/** A turn while it runs and when it has ended. Closing the window leaves it running. */
export function AskTurn(props: { target: TurnTarget } & TurnExits) {
  const { target, onContinue, onNewQuestion, onRetry } = props;
  const { view, error } = useTurn(target);
  const cards = useCards(view);
  const now = useClock(view?.progress.finish === undefined && error === undefined ? "running" : "stopped");
  useLastTurn(view);
  if (view === undefined) {
    if (error === undefined) return <Detail isLoading markdown="" />;
    const input = target.type === "submit" ? target.request.input : "";
    return (
      <TurnProblem error={error} onRetry={() => onRetry({ ...target })} onNewQuestion={() => onNewQuestion(input)} />
    );
  }
  const { progress, input, stalled, followed } = view;
  const { title, markdown, isLoading, rows } = presentAsk({ progress, input, stalled, cards, now });
  if (error !== undefined) {
    const { session, turn } = followed;
    const retry = () => onRetry({ type: "attach", session, turn });
    return <TurnProblem error={error} answer={markdown} onRetry={retry} onNewQuestion={() => onNewQuestion("")} />;
  }
  const exits: AskExits = {
    onContinue: (text) => onContinue(followed.session, text),
    onNewQuestion: () => onNewQuestion(""),
  };
  return (
    <Detail
      navigationTitle={title}
      markdown={markdown}
      isLoading={isLoading}
      metadata={
        <Detail.Metadata>
          {rows.map((row) => (
            <AskRow key={row.title} row={row} />
          ))}
        </Detail.Metadata>
      }
      actions={<AskActions actions={askActions(progress, input, cards)} followed={followed} {...exits} />}
    />
  );
}

/** What is shown instead of a turn that could not be asked, or that is no longer heard of. */
function TurnProblem(props: { error: LoopdError; answer?: string; onRetry: () => void; onNewQuestion: () => void }) {
  const { Edit, New, Refresh } = Keyboard.Shortcut.Common;
  const isLost = props.answer !== undefined;
  const problem = `# ${isLost ? "The Helper Is Gone" : "This Could Not Be Asked"}\n\n${plainMarkdown(props.error.message)}`;
  return (
    <Detail
      navigationTitle="Ask"
      markdown={[problem, props.answer].filter(Boolean).join("\n\n---\n\n")}
      actions={
        <ActionPanel>
          <Action title="Try Again" icon={Icon.ArrowClockwise} shortcut={Refresh} onAction={props.onRetry} />
          {isLost ? (
            <Action title="New Question" icon={Icon.Plus} shortcut={New} onAction={props.onNewQuestion} />
          ) : (
            <Action title="Edit Question" icon={Icon.Pencil} shortcut={Edit} onAction={props.onNewQuestion} />
          )}
        </ActionPanel>
      }
    />
  );
}

/** Keeps the turn as the one to return to, and that its end was seen. */
function useLastTurn(view: TurnView | undefined): void {
  const { session, turn, startedAt, finish } = view?.progress ?? {};
  const isSeen = finish !== undefined;
  useEffect(() => {
    if (session === undefined || turn === undefined) return;
    const askedAt = startedAt === undefined ? Date.now() : Date.parse(startedAt);
    void keepLastTurn({ home: helperProgram().home, session, turn, askedAt, isSeen });
  }, [session, turn, startedAt, isSeen]);
}
