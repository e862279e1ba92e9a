import { Action, ActionPanel, Color, Icon, List } from "@raycast/api";
import { memo, useState } from "react";
import type { Connection } from "../protocol/connect.ts";
import type { EntryKind } from "../protocol/entries.ts";
import type { SearchHit, SessionRow } from "../protocol/requests.ts";
import { HelperProblemView } from "./helper-problem.tsx";
import { openAsk } from "./open-ask.ts";
import { titleWhile } from "./present/helper-problem.ts";
import { type FoundSession, presentHits, presentSession } from "./present/session.ts";
import { SessionActions } from "./session-actions.tsx";
import { SessionDetail } from "./session-detail.tsx";
import { useLive } from "./use-live.ts";

type Request = Connection["request"];
type Found = { type: "all"; sessions: SessionRow[]; hasMore: boolean } | { type: "found"; sessions: FoundSession[] };

const PAGE = 100;
/** Rows that one answer of the helper holds at most. */
const LARGEST_ANSWER = 1_000;
const MOST_HITS = 200;
const STALE_ON: readonly EntryKind[] = [
  ...(["session.created", "session.forked", "turn.started", "turn.finished"] as const),
  ...(["card.opened", "card.resolved"] as const),
];

/** All conversations, the newest first; their full text is searched by the helper. */
export default function SearchSessions() {
  const [query, setQuery] = useState("");
  const [pages, setPages] = useState(1);
  const { state, remedy, request } = useLive<Found>({
    key: `${pages} ${query}`,
    staleOn: STALE_ON,
    load: (ask) => (query === "" ? listed(ask, pages * PAGE) : found(ask, query)),
  });
  if (state.type === "problem") return <HelperProblemView problem={state.problem} onRemedy={remedy} />;
  const search = (text: string) => {
    setQuery(text.trim());
    setPages(1);
  };
  const value: Found = state.type === "ready" ? state.value : { type: "all", sessions: [], hasMore: false };
  const isLoading = state.type === "opening" || state.isLoading;
  const hasMore = value.type === "all" && value.hasMore;
  return (
    <List
      navigationTitle={state.type === "ready" ? titleWhile("Search Sessions", state) : "Search Sessions"}
      searchBarPlaceholder="Search What Was Asked, Answered and Found"
      filtering={false}
      throttle
      onSearchTextChange={search}
      isLoading={isLoading}
      pagination={{ pageSize: PAGE, hasMore, onLoadMore: () => setPages(pages + 1) }}
    >
      {!isLoading && <NothingFound query={query} />}
      {value.type === "all"
        ? value.sessions.map((row) => <SessionItem key={row.session} row={row} request={request} />)
        : value.sessions.map((one) => <FoundSection key={one.session} found={one} request={request} />)}
    </List>
  );
}

function NothingFound({ query }: { query: string }) {
  if (query !== "") {
    const description =
      "Words are searched in questions, answers and what tools found. The end of a word may be missing.";
    return <List.EmptyView icon={Icon.MagnifyingGlass} title="Nothing Was Found" description={description} />;
  }
  return (
    <List.EmptyView
      icon={Icon.SpeechBubble}
      title="No Sessions Yet"
      description="Every question begins one."
      actions={
        <ActionPanel>
          <Action title="Ask" icon={Icon.SpeechBubble} onAction={() => openAsk({})} />
        </ActionPanel>
      }
    />
  );
}

/** Rendered again only when something of its row changed: there may be thousands. */
const SessionItem = memo(
  function SessionItem({ row, request }: { row: SessionRow; request: Request }) {
    const { title, subtitle, tag, turns, changedAt } = presentSession(row);
    return (
      <List.Item
        id={row.session}
        title={title}
        subtitle={subtitle}
        icon={row.forkedFrom === undefined ? Icon.SpeechBubble : Icon.Switch}
        accessories={[
          ...(row.state === "done" ? [] : [{ tag: { value: tag.text, color: Color[tag.tint] } }]),
          { text: turns },
          { date: changedAt, tooltip: changedAt.toLocaleString("en-US") },
        ]}
        actions={<SessionActions row={row} request={request} detail={<SessionDetail session={row.session} />} />}
      />
    );
  },
  (before, now) => before.request === now.request && JSON.stringify(before.row) === JSON.stringify(now.row),
);

function FoundSection({ found: { session, title, hits }, request }: { found: FoundSession; request: Request }) {
  return (
    <List.Section title={title} subtitle={session}>
      {hits.map(({ seq, excerpt, kind, at }) => (
        <List.Item
          key={seq}
          id={String(seq)}
          title={excerpt}
          icon={Icon.MagnifyingGlass}
          accessories={[{ text: kind }, { date: at, tooltip: at.toLocaleString("en-US") }]}
          actions={
            <SessionActions
              row={{ session, title }}
              at={seq}
              request={request}
              detail={<SessionDetail session={session} />}
            />
          }
        />
      ))}
    </List.Section>
  );
}

/** The newest sessions. */
async function listed(ask: Request, most: number): Promise<Found> {
  const sessions: SessionRow[] = [];
  for (let before: number | undefined; ;) {
    const limit = Math.min(LARGEST_ANSWER, most - sessions.length);
    const page = await ask("session.list", { limit, before });
    sessions.push(...page.sessions);
    if (page.next === undefined) return { type: "all", sessions, hasMore: false };
    if (sessions.length >= most) return { type: "all", sessions, hasMore: true };
    before = page.next;
  }
}

async function found(ask: Request, query: string): Promise<Found> {
  const { hits }: { hits: readonly SearchHit[] } = await ask("session.search", { query, limit: MOST_HITS });
  return { type: "found", sessions: presentHits(hits) };
}
