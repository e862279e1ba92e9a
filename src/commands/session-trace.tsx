import { Action, ActionPanel, Icon, Keyboard, List } from "@raycast/api";
import { useState } from "react";
import type { Connection } from "../protocol/connect.ts";
import type { Entry } from "../protocol/entries.ts";
import { HelperProblemView } from "./helper-problem.tsx";
import { titleWhile } from "./present/helper-problem.ts";
import { jsonText } from "./present/terminal-text.ts";
import { addSecrets, traceGist } from "./present/trace-gist.ts";
import { forkSession } from "./session-deeds.ts";
import { useLive } from "./use-live.ts";

const PAGE = 200;

interface Trace {
  entries: Entry[];
  /** Calls that put something into a secret field. */
  secrets: ReadonlySet<string>;
  hasMore: boolean;
}

/** Every recorded fact of a session, the oldest first. */
export function SessionTrace({ session, title }: { session: string; title: string }) {
  const [pages, setPages] = useState(1);
  const { state, remedy, request } = useLive({
    key: String(pages),
    staleOn: [],
    load: (ask) => loadTrace(ask, session, pages * PAGE),
  });
  if (state.type === "problem") return <HelperProblemView problem={state.problem} onRemedy={remedy} />;
  const { entries, secrets, hasMore } =
    state.type === "ready" ? state.value : { entries: [], secrets: new Set<string>(), hasMore: false };
  const heading = `Trace of ${title}`;
  return (
    <List
      navigationTitle={state.type === "ready" ? titleWhile(heading, state) : heading}
      searchBarPlaceholder="Filter Entries"
      filtering
      isLoading={state.type === "opening" || state.isLoading}
      pagination={{ pageSize: PAGE, hasMore, onLoadMore: () => setPages(pages + 1) }}
    >
      {entries.map((entry) => (
        <List.Item
          key={entry.id}
          id={entry.id}
          title={entry.kind}
          subtitle={traceGist(entry, secrets)}
          keywords={traceGist(entry, secrets).split(" ")}
          accessories={[{ text: String(entry.seq) }, { date: new Date(entry.at), tooltip: entry.at }]}
          actions={
            <ActionPanel>
              <Action.CopyToClipboard
                title="Copy as JSON"
                content={jsonText(entry, 2)}
                shortcut={Keyboard.Shortcut.Common.Copy}
              />
              <Action
                title="Fork from Here"
                icon={Icon.Switch}
                shortcut={{ modifiers: ["cmd", "shift"], key: "f" }}
                onAction={() => forkSession(request, { session }, entry.seq)}
              />
            </ActionPanel>
          }
        />
      ))}
    </List>
  );
}

async function loadTrace(ask: Connection["request"], session: string, most: number): Promise<Trace> {
  const entries: Entry[] = [];
  const secrets = new Set<string>();
  for (;;) {
    const after = entries.at(-1)?.seq ?? 0;
    const page = await ask("entries.read", { session, after, limit: PAGE });
    addSecrets(secrets, page.entries);
    entries.push(...page.entries);
    if (page.isEnd || page.entries.length === 0) return { entries, secrets, hasMore: false };
    if (entries.length >= most) return { entries, secrets, hasMore: true };
  }
}
