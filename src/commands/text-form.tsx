import { Action, ActionPanel, Form, useNavigation } from "@raycast/api";
import { FormValidation, useForm } from "@raycast/utils";

/** One text that the person adds to something: a note, a reason, the next question. Pops when it is sent. */
export function TextForm(props: {
  title: string;
  label: string;
  placeholder: string;
  submitTitle: string;
  /** What the text is about, above the field. */
  about?: { title: string; text: string };
  onSubmit: (text: string) => void;
}) {
  const { pop } = useNavigation();
  const { handleSubmit, itemProps } = useForm<{ text: string }>({
    initialValues: { text: "" },
    onSubmit: ({ text }) => {
      pop();
      props.onSubmit(text.trim());
    },
    validation: { text: FormValidation.Required },
  });
  return (
    <Form
      navigationTitle={props.title}
      actions={
        <ActionPanel>
          <Action.SubmitForm title={props.submitTitle} onSubmit={handleSubmit} />
        </ActionPanel>
      }
    >
      {props.about && <Form.Description title={props.about.title} text={props.about.text} />}
      <Form.TextArea {...itemProps.text} title={props.label} placeholder={props.placeholder} autoFocus />
    </Form>
  );
}
