import { Action, ActionPanel, Form, Icon, showToast, Toast, useNavigation } from "@raycast/api";
import { showFailureToast } from "@raycast/utils";
import { useState } from "react";
import { asLoopdError } from "../protocol/errors.ts";
import type { CardRow } from "../protocol/requests.ts";
import type { Json } from "../protocol/values.ts";
import { editCard } from "./edit-card.ts";
import { cardSummary } from "./present/call.ts";
import {
  ALL,
  type ArgumentField,
  argumentFields,
  argumentsFrom,
  argumentsFromJson,
  type EditedArguments,
  MORE,
  problemPlaces,
} from "./present/edit-arguments.ts";
import { editedWords } from "./present/edited.ts";
import { jsonText } from "./present/terminal-text.ts";
import { CLIENT, openForRaycast } from "./raycast-helper.ts";

type Problems = Readonly<Record<string, string>>;
const REASON = "reason";

/** What a call is to run with instead. Pops once the helper has taken it; until then it says what is wrong where. */
export function EditArgumentsForm({ card }: { card: CardRow }) {
  const { pop } = useNavigation();
  const [values, setValues] = useState<Json>(card.arguments);
  const known = argumentFields({ arguments: values });
  const [isJson, setIsJson] = useState(known === undefined);
  const [problems, setProblems] = useState<Problems>({});
  const [isSending, setIsSending] = useState(false);
  const fields = isJson ? undefined : known;
  const read = (inputs: Form.Values): EditedArguments =>
    fields === undefined ? argumentsFromJson(String(inputs[ALL] ?? "")) : argumentsFrom(fields, inputs);

  const send = async (inputs: Form.Values) => {
    const edited = read(inputs);
    if ("problems" in edited) return setProblems(edited.problems);
    setIsSending(true);
    const refusal = await sendEdit(card, edited.arguments, String(inputs[REASON] ?? "").trim());
    setIsSending(false);
    if (refusal === undefined) return pop();
    setProblems(problemPlaces(fields, refusal));
  };
  const toggle = (inputs: Form.Values) => {
    const edited = read(inputs);
    if ("problems" in edited) return setProblems(edited.problems);
    setValues(edited.arguments);
    setProblems({});
    setIsJson(!isJson || argumentFields(edited) === undefined);
  };
  const clear = (id: string) => setProblems(({ [id]: _, ...others }) => others);
  return (
    <Form
      // Other fields, other form: Raycast keeps what was typed by id.
      key={isJson ? "json" : "fields"}
      navigationTitle="Edit Arguments"
      isLoading={isSending}
      actions={
        <ActionPanel>
          <Action.SubmitForm title="Approve with These" icon={Icon.CheckCircle} onSubmit={send} />
          <Action.SubmitForm
            title={isJson ? "Edit in Fields" : "Edit as JSON"}
            icon={Icon.Code}
            shortcut={{ modifiers: ["cmd"], key: "j" }}
            onSubmit={toggle}
          />
        </ActionPanel>
      }
    >
      <Form.Description title="Instead of" text={cardSummary(card)} />
      {fields?.map((field) => (
        <ArgumentInput key={field.id} field={field} error={problems[field.id]} onChange={() => clear(field.id)} />
      ))}
      {fields === undefined ? (
        <Form.TextArea
          id={ALL}
          title="Arguments"
          defaultValue={jsonText(values, 2)}
          error={problems[ALL]}
          onChange={() => clear(ALL)}
        />
      ) : (
        <Form.TextArea
          id={MORE}
          title="More Arguments"
          placeholder="{ }"
          info="Arguments that the call does not have yet, as a JSON object."
          error={problems[MORE]}
          onChange={() => clear(MORE)}
        />
      )}
      <Form.TextField id={REASON} title="Reason" placeholder="Kept in the trace" />
    </Form>
  );
}

function ArgumentInput({
  field: { id, kind, title, initial },
  error,
  onChange,
}: {
  field: ArgumentField;
  error: string | undefined;
  onChange: () => void;
}) {
  const shared = { id, title, error, onChange };
  if (typeof initial === "boolean") return <Form.Checkbox {...shared} label="" defaultValue={initial} />;
  const info = kind === "json" ? { info: "Written as JSON. Leave it empty to leave the argument out." } : {};
  return <Form.TextArea {...shared} {...info} defaultValue={initial} />;
}

/** Resolves with why the tool does not take the arguments; undefined where that is over, one way or the other. */
async function sendEdit(card: CardRow, values: Json, reason: string): Promise<string | undefined> {
  const edit = { cardId: card.approvalId, arguments: values, reason: reason === "" ? undefined : reason, by: CLIENT };
  try {
    const { end } = await editCard((listener) => openForRaycast(listener, "unless-stopped"), edit);
    void tellEnd(end);
    return undefined;
  } catch (thrown) {
    const error = asLoopdError(thrown);
    if (error.code === "invalid-params") return error.message;
    await showFailureToast(error, { title: "The Change Was Not Taken" });
    return undefined;
  }
}

async function tellEnd(ending: Awaited<ReturnType<typeof editCard>>["end"]): Promise<void> {
  const toast = await showToast({ style: Toast.Style.Animated, title: "Asking the rules about the change…" });
  try {
    const end = await ending;
    toast.style = end.type === "ended" ? Toast.Style.Failure : Toast.Style.Success;
    toast.title = end.type === "ended" ? "It Does Not Run" : end.type === "asks-again" ? "It Asks Again" : "Edited";
    toast.message = editedWords(end);
  } catch (error) {
    await showFailureToast(error, { title: "What Became of the Change Is Unknown" });
  }
}
