import { Action, Alert, confirmAlert, Icon, type Keyboard, useNavigation } from "@raycast/api";
import type { CardRow } from "../protocol/requests.ts";
import type { AnswerDesk } from "./answer-desk.ts";
import { CardStep } from "./card-step.tsx";
import { EditArgumentsForm } from "./edit-arguments-form.tsx";
import type { CardAction } from "./present/card-actions.ts";
import type { CardChoice } from "./present/card-view.ts";
import { questionText } from "./present/question.ts";
import { grantWords } from "./present/rule.ts";
import { oneLine } from "./present/terminal-text.ts";
import { QuestionForm } from "./question-form.tsx";
import { CLIENT } from "./raycast-helper.ts";
import { TextForm } from "./text-form.tsx";
import { withToast } from "./with-toast.ts";

type Answer = Omit<CardChoice, "title"> & { reason?: string };

const LONGEST_ALERT = 600;

const doneWords = { approved: "Approved", denied: "Denied", answered: "Answered" };

const iconOf = ({ resolution, title }: CardChoice) => {
  if (resolution === "denied" || title === "Skip It") return Icon.XMarkCircle;
  return title === "Run It Again" ? Icon.ArrowClockwise : Icon.CheckCircle;
};

/** Asks once more before something is allowed for good. */
const alwaysAlert = (card: CardRow): Alert.Options => ({
  title: "Approve Always?",
  message: `From now on this runs without asking, in every session: ${oneLine(grantWords(card) ?? "", LONGEST_ALERT)}`,
  icon: Icon.ExclamationMark,
  primaryAction: { title: "Approve Always", style: Alert.ActionStyle.Destructive },
});

/** One action about what waits for an answer: answering it, here or in a form, or looking closer. */
export function CardActionItem({ action, desk }: { action: CardAction; desk: AnswerDesk }) {
  const { push } = useNavigation();
  if (action.type === "copy-arguments") {
    return (
      <Action.CopyToClipboard
        title="Copy Arguments"
        content={action.text}
        shortcut={{ modifiers: ["cmd", "opt"], key: "a" }}
      />
    );
  }
  if (action.type === "answer-step") {
    const { cards } = action;
    return (
      <Action.Push
        title={`Look at All ${cards.length} Calls of This Step…`}
        icon={Icon.List}
        shortcut={{ modifiers: ["cmd", "shift"], key: "a" }}
        target={<CardStep cards={cards} desk={desk} />}
      />
    );
  }
  const { card } = action;
  const isQuestion = card.type === "question";
  const resolve = (answer: Answer) => {
    const done = isQuestion && answer.resolution === "denied" ? "Declined" : doneWords[answer.resolution];
    return withToast({ doing: "Answering…", done, failed: "The Answer Was Not Taken" }, () =>
      desk.answer({ cardId: card.approvalId, by: CLIENT, ...answer }),
    );
  };
  switch (action.type) {
    case "answer-card": {
      const { title, ...answer } = action.choice;
      const approve = async () => {
        const isSure = answer.scope !== "always" || (await confirmAlert(alwaysAlert(card)));
        if (isSure) await resolve(answer);
      };
      const shortcut: Keyboard.Shortcut = { modifiers: ["cmd", "shift"], key: "e" };
      return (
        <Action
          title={title}
          icon={iconOf(action.choice)}
          shortcut={answer.reach === "app" ? shortcut : undefined}
          onAction={approve}
        />
      );
    }
    case "answer-in-words": {
      const form = (
        <TextForm
          title="Answer"
          label="Answer"
          placeholder="Whoever asks reads this"
          submitTitle="Answer"
          about={{ title: "Question", text: questionText(card) }}
          onSubmit={(answer) => resolve({ resolution: "answered", answer })}
        />
      );
      return <Action title="Answer…" icon={Icon.SpeechBubble} onAction={() => push(form)} />;
    }
    case "fill-in-form": {
      const form = <QuestionForm card={card} onSubmit={(answer) => resolve({ resolution: "answered", answer })} />;
      return <Action title="Fill in…" icon={Icon.Pencil} onAction={() => push(form)} />;
    }
    case "edit-arguments":
      return (
        <Action.Push
          title="Edit Arguments…"
          icon={Icon.Pencil}
          shortcut={{ modifiers: ["cmd", "opt"], key: "e" }}
          target={<EditArgumentsForm card={card} />}
        />
      );
    case "deny-with-reason": {
      const verb = isQuestion ? "Decline" : "Deny";
      const form = (
        <TextForm
          title={`${verb} with Reason`}
          label="Reason"
          placeholder="The model reads this"
          submitTitle={verb}
          onSubmit={(reason) => resolve({ resolution: "denied", reason })}
        />
      );
      return (
        <Action
          title={`${verb} with Reason…`}
          icon={Icon.SpeechBubbleActive}
          shortcut={{ modifiers: ["cmd", "shift"], key: "d" }}
          onAction={() => push(form)}
        />
      );
    }
  }
}
