import { Action, ActionPanel, Color, Icon, Keyboard, List } from "@raycast/api";
import { memo } from "react";
import type { CardType } from "../protocol/entries.ts";
import type { Connection } from "../protocol/connect.ts";
import type { CardRow } from "../protocol/requests.ts";
import type { AnswerDesk } from "./answer-desk.ts";
import { CardActionItem } from "./card-action-item.tsx";
import { openAsk } from "./open-ask.ts";
import { presentWaiting } from "./present/approval-list.ts";
import { cardActions } from "./present/card-actions.ts";
import { cardMarkdown } from "./present/card-markdown.ts";
import { stopTurn } from "./stop-turn.ts";

interface WaitingCardProps {
  card: CardRow;
  /** All that waits, for what belongs to the same step. */
  waiting: readonly CardRow[];
  desk: AnswerDesk;
  request: Connection["request"];
  /** Only then it is shown in full: there may be hundreds, each as long as its arguments. */
  isSelected: boolean;
}

const icons: Record<CardType, Icon> = {
  approval: Icon.Shield,
  question: Icon.QuestionMarkCircle,
  recovery: Icon.Warning,
};

/** A card as an item of a list; the selected one with all of it and what can be done. */
export const WaitingCard = memo(
  function WaitingCard(props: WaitingCardProps) {
    const { card, isSelected } = props;
    const { title, kind, warning, requestedAt } = presentWaiting(card);
    const tag = { value: kind, color: card.type === "recovery" ? Color.Orange : Color.SecondaryText };
    return (
      <List.Item
        id={card.approvalId}
        title={title}
        icon={{ value: icons[card.type], tooltip: kind }}
        accessories={[
          ...(warning === undefined ? [] : [{ icon: Icon.ExclamationMark, tooltip: `Asked because ${warning}` }]),
          ...(card.type === "approval" ? [] : [{ tag }]),
          { date: requestedAt, tooltip: requestedAt.toLocaleString("en-US") },
        ]}
        detail={isSelected && <List.Item.Detail markdown={cardMarkdown(card)} />}
        actions={isSelected && <WaitingActions {...props} />}
      />
    );
  },
  (before, now) =>
    before.isSelected === now.isSelected &&
    before.desk === now.desk &&
    (before.waiting === now.waiting || !now.isSelected) &&
    (before.card === now.card || before.card.approvalId === now.card.approvalId),
);

function WaitingActions({ card, waiting, desk, request }: WaitingCardProps) {
  const { session, turn } = card;
  const { Open, Remove, CopyName } = Keyboard.Shortcut.Common;
  return (
    <ActionPanel>
      <ActionPanel.Section>
        {cardActions(card, waiting).map((action, index) => (
          <CardActionItem key={`${action.type} ${index}`} action={action} desk={desk} />
        ))}
      </ActionPanel.Section>
      <ActionPanel.Section>
        <Action
          title="Open Session"
          icon={Icon.SpeechBubble}
          shortcut={Open}
          onAction={() => openAsk({ session, turn })}
        />
        <Action.CopyToClipboard title="Copy Approval ID" content={card.approvalId} shortcut={CopyName} />
        <Action
          title="Stop This Turn"
          icon={Icon.Stop}
          style={Action.Style.Destructive}
          shortcut={Remove}
          onAction={() => stopTurn({ session, turn, request })}
        />
      </ActionPanel.Section>
    </ActionPanel>
  );
}
