import { Action, ActionPanel, Form, Icon } from "@raycast/api";
import { FormValidation, useForm } from "@raycast/utils";
import { askAbout, presentSelection, type Selection } from "./present/selection.ts";

/** Asks for the question about a text, and shows the text. */
export function SelectionForm(props: { title: string; selection: Selection; onAsk: (input: string) => void }) {
  const { selection, onAsk } = props;
  const { title, preview, size } = presentSelection(selection);
  const { handleSubmit, itemProps } = useForm<{ question: string }>({
    initialValues: { question: "" },
    onSubmit: ({ question }) => onAsk(askAbout(question, selection)),
    validation: { question: FormValidation.Required },
  });
  return (
    <Form
      navigationTitle={props.title}
      actions={
        <ActionPanel>
          <Action.SubmitForm title="Ask" icon={Icon.SpeechBubble} onSubmit={handleSubmit} />
          <Action.CopyToClipboard title="Copy Text" content={selection.text} />
        </ActionPanel>
      }
    >
      <Form.TextArea {...itemProps.question} title="Question" placeholder="What about this text?" autoFocus />
      <Form.Separator />
      <Form.Description title={title} text={preview} />
      <Form.Description title="" text={size} />
    </Form>
  );
}
