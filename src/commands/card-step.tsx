import { Action, ActionPanel, Detail, Icon, showToast, Toast, useNavigation } from "@raycast/api";
import { showFailureToast } from "@raycast/utils";
import type { CardRow, ParamsOf } from "../protocol/requests.ts";
import type { AnswerDesk } from "./answer-desk.ts";
import { cardMarkdown } from "./present/card-markdown.ts";
import { stepAnswerWords } from "./present/step-answer.ts";
import { CLIENT } from "./raycast-helper.ts";
import { TextForm } from "./text-form.tsx";

type StepAnswer = Omit<ParamsOf<"card.resolve-step">, "cardId" | "by">;

/** Every approval of a step in full, and one answer to all of them. */
export function CardStep({ cards, desk }: { cards: readonly CardRow[]; desk: AnswerDesk }) {
  const { pop } = useNavigation();
  const answer = async (said: StepAnswer) => {
    pop();
    await answerStep(cards, desk, said);
  };
  const count = cards.length;
  const form = (
    <TextForm
      title="Deny with Reason"
      label="Reason"
      placeholder="The model reads this"
      submitTitle="Deny All"
      onSubmit={(reason) => answer({ resolution: "denied", reason })}
    />
  );
  return (
    <Detail
      navigationTitle={`All ${count} Calls of This Step`}
      markdown={cards.map(cardMarkdown).join("\n\n---\n\n")}
      actions={
        <ActionPanel>
          <Action
            title={`Approve All ${count}`}
            icon={Icon.CheckCircle}
            onAction={() => answer({ resolution: "approved" })}
          />
          <Action
            title={`Deny All ${count}`}
            icon={Icon.XMarkCircle}
            onAction={() => answer({ resolution: "denied" })}
          />
          <Action.Push
            title="Deny All with Reason…"
            icon={Icon.SpeechBubbleActive}
            shortcut={{ modifiers: ["cmd", "shift"], key: "d" }}
            target={form}
          />
        </ActionPanel>
      }
    />
  );
}

async function answerStep([first]: readonly CardRow[], desk: AnswerDesk, said: StepAnswer): Promise<void> {
  if (first === undefined) return;
  const toast = await showToast({ style: Toast.Style.Animated, title: "Answering…" });
  try {
    const cards = await desk.answerStep({ ...said, cardId: first.approvalId, by: CLIENT });
    const { title, message, isWhole } = stepAnswerWords(cards);
    toast.style = isWhole ? Toast.Style.Success : Toast.Style.Failure;
    toast.title = title;
    toast.message = message;
  } catch (error) {
    await showFailureToast(error, { title: "The Answer Was Not Taken" });
  }
}
