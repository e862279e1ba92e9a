import { Action, ActionPanel, Form, Icon } from "@raycast/api";
import { useForm } from "@raycast/utils";
import type { EndpointRow } from "../protocol/config.ts";
import { presentEndpointChoices } from "./present/endpoint-choices.ts";

/** What the form gives. An absent endpoint means the one in use. */
export interface Question {
  input: string;
  endpoint?: string;
}

/** Values that Raycast keeps when the form is closed before it is sent. */
export interface AskDraft {
  question?: string;
  endpoint?: string;
}

/** The form that asks a question. `onReturn` is there while another turn can be returned to. */
export function AskForm(props: {
  endpoints: readonly EndpointRow[];
  draft: AskDraft;
  workspace: string;
  onAsk: (question: Question) => void;
  onReturn: (() => void) | undefined;
}) {
  const { choices, hint } = presentEndpointChoices(props.endpoints);
  const known = choices.some(({ value }) => value === props.draft.endpoint) ? props.draft.endpoint : "";
  const { handleSubmit, itemProps } = useForm<{ question: string; endpoint: string }>({
    initialValues: { question: props.draft.question ?? "", endpoint: known ?? "" },
    onSubmit: ({ question, endpoint }) =>
      props.onAsk({ input: question.trim(), ...(endpoint === "" ? {} : { endpoint }) }),
    validation: { question: (value) => (value?.trim() ? undefined : "What should loopd do?") },
  });
  return (
    <Form
      enableDrafts
      navigationTitle="Ask"
      actions={
        <ActionPanel>
          <Action.SubmitForm title="Ask" icon={Icon.SpeechBubble} onSubmit={handleSubmit} />
          {props.onReturn && <Action title="Return to Last Question" icon={Icon.ArrowLeft} onAction={props.onReturn} />}
        </ActionPanel>
      }
    >
      <Form.TextArea {...itemProps.question} title="Question" placeholder="What should loopd do?" autoFocus />
      <Form.Dropdown {...itemProps.endpoint} title="Model">
        {choices.map(({ value, title }) => (
          <Form.Dropdown.Item key={value} value={value} title={title} />
        ))}
      </Form.Dropdown>
      <Form.Description title="Works In" text={props.workspace} />
      {hint && <Form.Description title="" text={hint} />}
    </Form>
  );
}
