import { Action, ActionPanel, Alert, confirmAlert, Icon, Keyboard, useNavigation } from "@raycast/api";
import { answerCard } from "./answer-card.ts";
import type { FollowedTurn } from "./follow-turn.ts";
import type { AskAction } from "./present/ask-actions.ts";
import type { CardChoice } from "./present/approval.ts";
import { CLIENT } from "./raycast-helper.ts";
import { TextForm } from "./text-form.tsx";
import { withToast } from "./with-toast.ts";

/** What leads away from the turn that is shown. */
export interface AskExits {
  /** Asks in the same session. */
  onContinue: (input: string) => void;
  onNewQuestion: () => void;
}

/** The panel of a turn. Which actions, and in which order, is decided in `present/ask-actions.ts`. */
export function AskActions(props: { actions: readonly AskAction[]; followed: FollowedTurn } & AskExits) {
  return (
    <ActionPanel>
      {props.actions.map((action) => (
        <AskActionItem key={keyOf(action)} {...props} action={action} />
      ))}
    </ActionPanel>
  );
}

function keyOf(action: AskAction): string {
  return action.type === "answer-card" ? action.choice.title : action.type;
}

const iconOf = ({ resolution, answer }: CardChoice) => {
  if (resolution === "denied" || answer === "skip") return Icon.XMarkCircle;
  return answer === "again" ? Icon.ArrowClockwise : Icon.CheckCircle;
};

function AskActionItem({
  action,
  followed,
  onContinue,
  onNewQuestion,
}: { action: AskAction; followed: FollowedTurn } & AskExits) {
  const { push } = useNavigation();
  const { session } = followed;
  const resolve = (cardId: string, { title, ...answer }: CardChoice & { reason?: string }) =>
    withToast({ doing: "Answering…", done: doneWords(title), failed: "The Answer Was Not Taken" }, () =>
      answerCard(followed, { cardId, by: CLIENT, ...answer }),
    );
  switch (action.type) {
    case "answer-card": {
      const { card, choice } = action;
      return <Action title={choice.title} icon={iconOf(choice)} onAction={() => resolve(card.approvalId, choice)} />;
    }
    case "deny-with-reason": {
      const deny = (reason: string) => resolve(action.card.approvalId, { title: "Deny", resolution: "denied", reason });
      const form = (
        <TextForm
          title="Deny with Reason"
          label="Reason"
          placeholder="The model reads this"
          submitTitle="Deny"
          onSubmit={deny}
        />
      );
      return (
        <Action
          title="Deny with Reason…"
          icon={Icon.SpeechBubbleActive}
          shortcut={{ modifiers: ["cmd", "shift"], key: "d" }}
          onAction={() => push(form)}
        />
      );
    }
    case "copy-arguments":
      return (
        <Action.CopyToClipboard
          title="Copy Arguments"
          content={action.text}
          shortcut={{ modifiers: ["cmd", "shift"], key: "a" }}
        />
      );
    case "steer": {
      const steer = (text: string) =>
        withToast({ doing: "Sending…", done: "Sent: the model reads it next", failed: "The Note Was Not Taken" }, () =>
          followed.request("turn.steer", { session, text }),
        );
      const form = (
        <TextForm
          title="Steer"
          label="Note"
          placeholder="What should the model know now?"
          submitTitle="Send"
          onSubmit={steer}
        />
      );
      return (
        <Action
          title="Steer…"
          icon={Icon.Compass}
          shortcut={Keyboard.Shortcut.Common.Edit}
          onAction={() => push(form)}
        />
      );
    }
    case "stop":
      return (
        <Action
          title="Stop"
          icon={Icon.Stop}
          style={Action.Style.Destructive}
          shortcut={Keyboard.Shortcut.Common.Remove}
          onAction={() => stop(followed)}
        />
      );
    case "copy-answer":
      return (
        <Action.CopyToClipboard title="Copy Answer" content={action.text} shortcut={Keyboard.Shortcut.Common.Copy} />
      );
    case "paste-answer":
      return (
        <Action.Paste title="Paste Answer" content={action.text} shortcut={{ modifiers: ["cmd", "shift"], key: "v" }} />
      );
    case "continue": {
      const form = (
        <TextForm title="Continue" label="Question" placeholder="What next?" submitTitle="Ask" onSubmit={onContinue} />
      );
      return (
        <Action
          title="Continue…"
          icon={Icon.SpeechBubble}
          shortcut={Keyboard.Shortcut.Common.Edit}
          onAction={() => push(form)}
        />
      );
    }
    case "ask-again":
      return (
        <Action
          title="Ask Again"
          icon={Icon.ArrowClockwise}
          shortcut={Keyboard.Shortcut.Common.Refresh}
          onAction={() => onContinue(action.input)}
        />
      );
    case "new-question":
      return (
        <Action
          title="New Question"
          icon={Icon.Plus}
          shortcut={Keyboard.Shortcut.Common.New}
          onAction={onNewQuestion}
        />
      );
    case "copy-session":
      return (
        <Action.CopyToClipboard
          title="Copy Session ID"
          content={session}
          shortcut={Keyboard.Shortcut.Common.CopyName}
        />
      );
  }
}

function doneWords(title: string): string {
  if (title === "Approve") return "Approved";
  return title.startsWith("Deny") ? "Denied" : "Answered";
}

async function stop(followed: FollowedTurn): Promise<void> {
  const { session, turn } = followed;
  const isSure = await confirmAlert({
    title: "Stop this turn?",
    message: "What it has done so far stays done. You can continue in the same session.",
    icon: Icon.Stop,
    primaryAction: { title: "Stop", style: Alert.ActionStyle.Destructive },
  });
  if (!isSure) return;
  await withToast({ doing: "Stopping…", done: "Stopped", failed: "Could Not Stop" }, () =>
    followed.request("turn.cancel", { session, turn, by: CLIENT, why: "stopped in Raycast" }),
  );
}
