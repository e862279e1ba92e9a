import { Action, ActionPanel, Icon, List } from "@raycast/api";
import { useMemo, useState } from "react";
import type { EntryKind } from "../protocol/entries.ts";
import type { CardRow } from "../protocol/requests.ts";
import { stepOf } from "../protocol/values.ts";
import { type AnswerDesk, openDesk } from "./answer-desk.ts";
import { HelperProblemView } from "./helper-problem.tsx";
import { listCards } from "./list-cards.ts";
import { openAsk } from "./open-ask.ts";
import { type CardFilter, cardFilters, waitingTurns } from "./present/approval-list.ts";
import { titleWhile } from "./present/helper-problem.ts";
import { type Live, useLive } from "./use-live.ts";
import { WaitingCard } from "./waiting-card.tsx";

type Cards = readonly CardRow[];

const PAGE = 50;
const STALE_ON: readonly EntryKind[] = ["card.opened", "card.resolved", "turn.finished"];

/** Everything that waits for a person, in all sessions, by turn. */
export default function ReviewApprovals() {
  const live = useLive<Cards>({ key: "", staleOn: STALE_ON, load: (request) => listCards(request, {}) });
  const { state, remedy } = live;
  if (state.type === "problem") return <HelperProblemView problem={state.problem} onRemedy={remedy} />;
  const isReconnecting = state.type === "ready" && state.isReconnecting;
  return (
    <Waiting
      cards={state.type === "ready" ? state.value : []}
      isLoading={state.type === "opening" || state.isLoading}
      title={titleWhile("Review Approvals", { isReconnecting })}
      live={live}
    />
  );
}

function Waiting(props: { cards: Cards; isLoading: boolean; title: string; live: Live<Cards> }) {
  const { cards, isLoading, title } = props;
  const { change, request } = props.live;
  const [words, setWords] = useState("");
  const [filter, setFilter] = useState<CardFilter>("all");
  const [pages, setPages] = useState(1);
  const [selected, setSelected] = useState<string | null>(null);
  const { turns, hasMore } = useMemo(
    () => waitingTurns(cards, { words, filter, most: pages * PAGE }),
    [cards, words, filter, pages],
  );
  const desk = useMemo(() => quickDesk(change), [change]);
  const narrow = <T,>(set: (value: T) => void) => {
    return (value: T) => {
      set(value);
      setPages(1);
    };
  };
  const first = turns[0]?.cards[0]?.approvalId;
  return (
    <List
      navigationTitle={title}
      isLoading={isLoading}
      isShowingDetail={turns.length > 0}
      filtering={false}
      throttle
      searchBarPlaceholder="Search by Tool, Session or Argument"
      searchBarAccessory={<FilterDropdown onChange={narrow(setFilter)} />}
      onSearchTextChange={narrow(setWords)}
      onSelectionChange={setSelected}
      pagination={{ pageSize: PAGE, hasMore, onLoadMore: () => setPages(pages + 1) }}
    >
      {!isLoading && <NothingWaits isFiltered={cards.length > 0} />}
      {turns.map((turn) => (
        <List.Section key={turn.key} title={turn.title} subtitle={turn.subtitle}>
          {turn.cards.map((card) => (
            <WaitingCard
              key={card.approvalId}
              card={card}
              waiting={cards}
              desk={desk}
              request={request}
              isSelected={card.approvalId === (selected ?? first)}
            />
          ))}
        </List.Section>
      ))}
    </List>
  );
}

function FilterDropdown({ onChange }: { onChange: (filter: CardFilter) => void }) {
  return (
    <List.Dropdown tooltip="What Is Shown" onChange={(value) => onChange(value as CardFilter)}>
      {cardFilters.map(({ value, title }) => (
        <List.Dropdown.Item key={value} value={value} title={title} />
      ))}
    </List.Dropdown>
  );
}

function NothingWaits({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <List.EmptyView icon={Icon.MagnifyingGlass} title="Nothing Like That Waits" description="Something else does." />
    );
  }
  return (
    <List.EmptyView
      icon={Icon.CheckCircle}
      title="Nothing Waits for You"
      description="What a model wants to do and may not do by itself is asked about here."
      actions={
        <ActionPanel>
          <Action title="Ask" icon={Icon.SpeechBubble} onAction={() => openAsk({})} />
        </ActionPanel>
      }
    />
  );
}

/** A desk that takes what is answered off the list at once, and puts it back where the answer is not taken. */
function quickDesk(change: Live<Cards>["change"]): AnswerDesk {
  const without = (isAnswered: (card: CardRow) => boolean) => (cards: Cards) =>
    cards.filter((card) => !isAnswered(card));
  return {
    answer: (answer) =>
      change(
        without(({ approvalId }) => approvalId === answer.cardId),
        (request) => openDesk(request).answer(answer),
      ),
    answerStep: (answer) =>
      change(
        without(({ type, approvalId }) => type === "approval" && stepOf(approvalId) === stepOf(answer.cardId)),
        (request) => openDesk(request).answerStep(answer),
      ),
  };
}
