import { Action, Detail, environment, Icon, Keyboard } from "@raycast/api";
import type { EntryKind } from "../protocol/entries.ts";
import { AskRow } from "./ask-row.tsx";
import { HelperProblemView } from "./helper-problem.tsx";
import { loadSteps } from "./load-steps.ts";
import { tokensChart } from "./present/chart-tokens.ts";
import { windowChart } from "./present/chart-window.ts";
import { titleWhile } from "./present/helper-problem.ts";
import { sessionTitle } from "./present/session.ts";
import { lastAnswer, sessionRows, transcriptMarkdown, transcriptText, windowMarkdown } from "./present/transcript.ts";
import { SessionActions } from "./session-actions.tsx";
import { useLive } from "./use-live.ts";

const STALE_ON: readonly EntryKind[] = [
  ...(["turn.started", "turn.finished", "model.responded", "card.opened", "card.resolved"] as const),
  ...(["epoch.opened", "epoch.skipped", "session.cleared"] as const),
];

/** One session: what was asked and answered, and where the window of its model goes. */
export function SessionDetail({ session }: { session: string }) {
  const { state, remedy, request } = useLive({
    key: session,
    staleOn: STALE_ON,
    isStale: (entry) => entry.session === session,
    load: async (ask) => {
      const [shown, { window }] = await Promise.all([
        ask("session.show", { session }),
        ask("session.window", { session }),
      ]);
      return { session: shown.session, turns: shown.turns, window, steps: await loadSteps(ask, session, window) };
    },
  });
  if (state.type === "opening") return <Detail isLoading markdown="" navigationTitle="Session" />;
  if (state.type === "problem") return <HelperProblemView problem={state.problem} onRemedy={remedy} />;
  const story = state.value;
  const answer = lastAnswer(story.turns);
  const now = Date.now();
  const { appearance } = environment;
  const tokens = tokensChart(story.steps, appearance);
  const around = {
    above: [windowChart(story.window, appearance)],
    below: [...(tokens === undefined ? [] : [tokens]), windowMarkdown(story.window, now)],
  };
  return (
    <Detail
      navigationTitle={titleWhile(sessionTitle(story.session), state)}
      isLoading={state.isLoading}
      markdown={transcriptMarkdown(story, around, now)}
      metadata={
        <Detail.Metadata>
          {sessionRows(story).map((row) => (
            <AskRow key={row.title} row={row} />
          ))}
        </Detail.Metadata>
      }
      actions={
        <SessionActions row={story.session} request={request}>
          {answer !== undefined && (
            <Action.CopyToClipboard
              title="Copy Last Answer"
              content={answer}
              shortcut={Keyboard.Shortcut.Common.Copy}
            />
          )}
          <Action.CopyToClipboard
            title="Copy Transcript"
            icon={Icon.Document}
            content={transcriptText(story)}
            shortcut={{ modifiers: ["cmd", "opt"], key: "t" }}
          />
        </SessionActions>
      }
    />
  );
}
