import { Action, ActionPanel, Form, useNavigation } from "@raycast/api";
import { useState } from "react";
import type { CardRow } from "../protocol/requests.ts";
import type { Json } from "../protocol/values.ts";
import { formFields } from "../protocol/form-fields.ts";
import { formAnswer, type FormItem, formItems } from "./present/form-answer.ts";
import { fieldLabel, questionText } from "./present/question.ts";
import { oneLine } from "./present/terminal-text.ts";

/** The form of a question. Pops when what was filled in fits; until then each field says what it expects. */
export function QuestionForm(props: { card: CardRow; onSubmit: (answer: { [name: string]: Json }) => void }) {
  const { pop } = useNavigation();
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const { question } = props.card;
  const items = question === undefined ? [] : formItems(formFields(question));
  const submit = (inputs: Form.Values) => {
    const result = formAnswer(items, inputs);
    if ("problems" in result) return setProblems(result.problems);
    pop();
    props.onSubmit(result.answer);
  };
  return (
    <Form
      navigationTitle="Answer"
      actions={
        <ActionPanel>
          <Action.SubmitForm title="Answer" onSubmit={submit} />
        </ActionPanel>
      }
    >
      <Form.Description title="Question" text={questionText(props.card)} />
      {items.map((item) => (
        <QuestionField
          key={item.id}
          item={item}
          error={problems[item.id]}
          onChange={() => setProblems(({ [item.id]: _, ...others }) => others)}
        />
      ))}
    </Form>
  );
}

function QuestionField({
  item: { id, field, initial },
  error,
  onChange,
}: {
  item: FormItem;
  error: string | undefined;
  onChange: () => void;
}) {
  const info = field.description === undefined ? {} : { info: oneLine(field.description, 300) };
  const shared = { id, title: fieldLabel(field), error, onChange, ...info };
  const choices = field.choices.map(({ value, title }) => ({
    value: JSON.stringify(value),
    title: oneLine(title, 80),
  }));
  if (typeof initial === "boolean") return <Form.Checkbox {...shared} label="" defaultValue={initial} />;
  if (typeof initial !== "string") {
    return (
      <Form.TagPicker {...shared} defaultValue={initial}>
        {choices.map((choice) => (
          <Form.TagPicker.Item key={choice.value} {...choice} />
        ))}
      </Form.TagPicker>
    );
  }
  if (field.type !== "choice") return <Form.TextField {...shared} defaultValue={initial} />;
  return (
    <Form.Dropdown {...shared} defaultValue={initial}>
      <Form.Dropdown.Item value="" title="–" />
      {choices.map((choice) => (
        <Form.Dropdown.Item key={choice.value} {...choice} />
      ))}
    </Form.Dropdown>
  );
}
