import { Action, ActionPanel, Color, Detail, environment, Icon, Keyboard, List } from "@raycast/api";
import { type ReactElement, useState } from "react";
import type { Connection } from "../protocol/connect.ts";
import type { EntryKind } from "../protocol/entries.ts";
import type { RunRow } from "../protocol/routine.ts";
import { HelperProblemView } from "./helper-problem.tsx";
import { openAsk } from "./open-ask.ts";
import { runsChart } from "./present/chart-runs.ts";
import { titleWhile } from "./present/helper-problem.ts";
import { plainMarkdown } from "./present/markdown-text.ts";
import { presentRun } from "./present/routine-item.ts";
import { SessionDetail } from "./session-detail.tsx";
import { SessionTrace } from "./session-trace.tsx";
import { useLive } from "./use-live.ts";

const PAGE = 100;
const STALE_ON: readonly EntryKind[] = ["turn.started", "turn.finished", "card.opened", "card.resolved"];

/** What became of every slot of a routine, the newest first. */
export function RoutineLedger({ name }: { name: string }) {
  const [pages, setPages] = useState(1);
  const { state, remedy, reload } = useLive({
    key: String(pages),
    staleOn: STALE_ON,
    load: (ask) => loadRuns(ask, name, pages * PAGE),
  });
  if (state.type === "problem") return <HelperProblemView problem={state.problem} onRemedy={remedy} />;
  const { runs, hasMore } = state.type === "ready" ? state.value : { runs: [], hasMore: false };
  const title = `Ledger of ${name}`;
  const chart = <RunsChart title={title} runs={runs} />;
  return (
    <List
      navigationTitle={state.type === "ready" ? titleWhile(title, state) : title}
      searchBarPlaceholder="Filter Runs"
      filtering
      isLoading={state.type === "opening" || state.isLoading}
      pagination={{ pageSize: PAGE, hasMore, onLoadMore: () => setPages(pages + 1) }}
    >
      {state.type === "ready" && (
        <List.EmptyView icon={Icon.Clock} title="Nothing Has Been Due Yet" description="Run Now runs it at once." />
      )}
      {runs.map((run) => (
        <RunItem
          key={`${run.scheduledFor} ${run.state} ${run.count ?? ""}`}
          run={run}
          chart={chart}
          onRefresh={reload}
        />
      ))}
    </List>
  );
}

function RunItem(props: { run: RunRow; chart: ReactElement; onRefresh: () => void }) {
  const { run, chart, onRefresh } = props;
  const { title, tag, facts, why } = presentRun(run);
  const { session, turn } = run;
  const { CopyName, Open, Refresh } = Keyboard.Shortcut.Common;
  return (
    <List.Item
      title={title}
      subtitle={why}
      icon={run.askedAs === undefined ? Icon.Clock : Icon.Person}
      keywords={[tag.text]}
      accessories={[...facts.map((text) => ({ text })), { tag: { value: tag.text, color: Color[tag.tint] } }]}
      actions={
        <ActionPanel>
          {session !== undefined && (
            <>
              <Action.Push title="Show Session" icon={Icon.Eye} target={<SessionDetail session={session} />} />
              <Action.Push
                title="Show Trace"
                icon={Icon.List}
                shortcut={{ modifiers: ["cmd"], key: "t" }}
                target={<SessionTrace session={session} title={title} />}
              />
              <Action
                title="Open in Ask"
                icon={Icon.SpeechBubble}
                shortcut={Open}
                onAction={() => openAsk({ session, turn })}
              />
              <Action.CopyToClipboard title="Copy Session ID" content={session} shortcut={CopyName} />
            </>
          )}
          <Action.Push
            title="Show Chart"
            icon={Icon.BarChart}
            shortcut={{ modifiers: ["cmd"], key: "b" }}
            target={chart}
          />
          <Action title="Refresh" icon={Icon.ArrowClockwise} shortcut={Refresh} onAction={onRefresh} />
        </ActionPanel>
      }
    />
  );
}

function RunsChart({ title, runs }: { title: string; runs: readonly RunRow[] }) {
  const chart = runsChart(runs, environment.appearance) ?? "Nothing has run yet.";
  return <Detail navigationTitle={title} markdown={`# ${plainMarkdown(title)}\n\n${chart}`} />;
}

async function loadRuns(
  ask: Connection["request"],
  name: string,
  most: number,
): Promise<{ runs: RunRow[]; hasMore: boolean }> {
  const runs: RunRow[] = [];
  for (let before: string | undefined; ; before = runs.at(-1)?.scheduledFor) {
    const page = await ask("routine.runs", { name, before, limit: PAGE });
    runs.push(...page.runs);
    if (page.runs.length < PAGE) return { runs, hasMore: false };
    if (runs.length >= most) return { runs, hasMore: true };
  }
}
