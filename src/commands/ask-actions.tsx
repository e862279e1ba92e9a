import { Action, ActionPanel, Icon, Keyboard, useNavigation } from "@raycast/api";
import { openDesk } from "./answer-desk.ts";
import { CardActionItem } from "./card-action-item.tsx";
import type { FollowedTurn } from "./follow-turn.ts";
import type { AskAction } from "./present/ask-actions.ts";
import { stopTurn } from "./stop-turn.ts";
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
      {props.actions.map((action, index) => (
        <AskActionItem key={`${action.type} ${index}`} {...props} action={action} />
      ))}
    </ActionPanel>
  );
}

function AskActionItem({
  action,
  followed,
  onContinue,
  onNewQuestion,
}: { action: AskAction; followed: FollowedTurn } & AskExits) {
  const { push } = useNavigation();
  const { session } = followed;
  switch (action.type) {
    case "answer-card":
    case "answer-in-words":
    case "fill-in-form":
    case "deny-with-reason":
    case "edit-arguments":
    case "answer-step":
    case "copy-arguments":
      return <CardActionItem action={action} desk={openDesk(followed.request)} />;
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
          onAction={() => stopTurn(followed)}
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
