import { Action, ActionPanel, Form, Icon, Keyboard, openExtensionPreferences } from "@raycast/api";
import { showFailureToast, useForm } from "@raycast/utils";
import type { Attach } from "../protocol/attachment.ts";
import { REHEARSAL_ENDPOINT, type EndpointRow } from "../protocol/config.ts";
import type { SessionRow } from "../protocol/requests.ts";
import { attachmentsOf } from "./attachments.ts";
import { askLink } from "./open-ask.ts";
import { presentEndpointChoices } from "./present/endpoint-choices.ts";
import { titleWhile } from "./present/helper-problem.ts";
import { preferredProblem } from "./present/preferences.ts";
import { sessionTitle } from "./present/session.ts";
import { oneLine } from "./present/terminal-text.ts";
import { readPreferences } from "./preferences.ts";
import type { HelperLink } from "./use-helper-link.ts";
import { withToast } from "./with-toast.ts";

/** What the form gives. An absent endpoint means the one in use. */
export interface Question {
  input: string;
  attachments?: Attach[];
  endpoint?: string;
}

/** Values that Raycast keeps when the form is closed before it is sent. */
export interface AskDraft {
  question?: string;
  /** Paths of files that go along. */
  files?: string[];
  endpoint?: string;
}

const LONGEST_LINK_NAME = 40;

/** The form that asks a question. `onReturn` is there while another turn can be returned to. */
export function AskForm(props: {
  endpoints: readonly EndpointRow[];
  draft: AskDraft;
  /** The session that it goes on in; absent: a new one. */
  session: SessionRow | undefined;
  workspace: string;
  link: HelperLink;
  onAsk: (question: Question) => void;
  /** The endpoint was looked at again. */
  onChecked: () => void;
  onReturn: (() => void) | undefined;
}) {
  const { endpoints, session, link, onChecked, onReturn } = props;
  const { choices, hint } = presentEndpointChoices(endpoints);
  const known = choices.some(({ value }) => value === props.draft.endpoint) ? props.draft.endpoint : "";
  const { handleSubmit, itemProps } = useForm<{ question: string; files: string[]; endpoint: string }>({
    initialValues: { question: props.draft.question ?? "", files: props.draft.files ?? [], endpoint: known ?? "" },
    onSubmit: submit,
    validation: { question: (value) => (value?.trim() ? undefined : "What should loopd do?") },
  });
  async function submit({ question, files, endpoint }: { question: string; files: string[]; endpoint: string }) {
    try {
      const attachments = files.length === 0 ? {} : { attachments: await attachmentsOf(files, props.workspace) };
      props.onAsk({ input: question.trim(), ...attachments, ...(endpoint === "" ? {} : { endpoint }) });
    } catch (error) {
      await showFailureToast(error, { title: "Nothing Was Asked" });
    }
  }
  const question = itemProps.question.value?.trim() ?? "";
  const active = endpoints.find(({ isActive }) => isActive);
  const problem = preferredProblem(readPreferences(), active, Date.now());
  const check = async ({ name }: EndpointRow) => {
    const words = {
      doing: "Checking the endpoint…",
      done: "The endpoint answers",
      failed: "The Endpoint Does Not Work",
    };
    await withToast(words, () => link.request("endpoint.probe", { name }));
    onChecked();
  };
  return (
    <Form
      enableDrafts
      navigationTitle={titleWhile(session === undefined ? "Ask" : `Continue “${sessionTitle(session)}”`, link)}
      actions={
        <ActionPanel>
          <Action.SubmitForm title="Ask" icon={Icon.SpeechBubble} onSubmit={handleSubmit} />
          {onReturn && <Action title="Return to Last Question" icon={Icon.ArrowLeft} onAction={onReturn} />}
          {problem !== undefined && active !== undefined && active.name !== REHEARSAL_ENDPOINT && (
            <Action
              title="Check Endpoint Again"
              icon={Icon.ArrowClockwise}
              shortcut={Keyboard.Shortcut.Common.Refresh}
              onAction={() => check(active)}
            />
          )}
          {question !== "" && (
            <Action.CreateQuicklink
              title="Create Quicklink to Question"
              quicklink={{ name: oneLine(question, LONGEST_LINK_NAME), link: askLink({ question }) }}
              shortcut={{ modifiers: ["cmd", "shift"], key: "l" }}
            />
          )}
          <Action title="Open Preferences" icon={Icon.Gear} onAction={openExtensionPreferences} />
        </ActionPanel>
      }
    >
      {problem && <Form.Description title="Attention" text={problem} />}
      {session && <Form.Description title="Goes On" text={sessionTitle(session)} />}
      <Form.TextArea {...itemProps.question} title="Question" placeholder="What should loopd do?" autoFocus />
      <Form.FilePicker
        {...itemProps.files}
        title="Attachments"
        info="Texts and images that the model reads with the question."
      />
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
