import { Action, ActionPanel, confirmAlert, Form, Icon, useNavigation } from "@raycast/api";
import { FormValidation, useForm } from "@raycast/utils";
import { LoopdError } from "../protocol/errors.ts";
import type { ResultOf } from "../protocol/requests.ts";
import { titleWhile } from "./present/helper-problem.ts";
import { backfillAlert } from "./present/routine-item.ts";
import { plural } from "./present/quantity.ts";
import { CLIENT } from "./raycast-helper.ts";
import { useHelperLink } from "./use-helper-link.ts";
import { withToast } from "./with-toast.ts";

type Values = { from: Date | null; to: Date | null };

/** Runs a routine for past slots that have no run. How many is said first, and asked. */
export function BackfillForm(props: { name: string; onDone: () => void }) {
  const { name, onDone } = props;
  const link = useHelperLink();
  const { request } = link;
  const { pop } = useNavigation();
  const { handleSubmit, itemProps } = useForm<Values>({
    initialValues: { from: null, to: null },
    validation: { from: FormValidation.Required, to: FormValidation.Required },
    onSubmit: ({ from, to }) => {
      if (from !== null && to !== null) void fill(from, to);
    },
  });
  async function fill(from: Date, to: Date) {
    const span = { name, from: from.toISOString(), to: to.toISOString(), by: CLIENT };
    let planned: ResultOf<"routine.backfill"> | undefined;
    const words = { doing: "Counting runs…", done: "Counted", failed: "It Could Not Be Counted" };
    const isKnown = await withToast(words, async () => {
      planned = await request("routine.backfill", { ...span, isDryRun: true });
      if (planned.slots.length > 0) return plural(planned.slots.length, "run");
      throw new LoopdError("invalid-params", "Every slot of that time has its run, or there is none.");
    });
    if (!isKnown || planned === undefined) return;
    const { title, message } = backfillAlert(name, planned.slots, planned.left);
    if (!(await confirmAlert({ title, message, icon: Icon.Rewind, primaryAction: { title: "Run Them" } }))) return;
    const run = { doing: "Starting the runs…", done: "They run", failed: "They Do Not Run" };
    const isDone = await withToast(run, async () => {
      const { slots } = await request("routine.backfill", span);
      return `${plural(slots.length, "run")}, one after the other`;
    });
    if (!isDone) return;
    onDone();
    pop();
  }
  return (
    <Form
      navigationTitle={titleWhile(`Backfill ${name}`, link)}
      actions={
        <ActionPanel>
          <Action.SubmitForm title="Count Runs" icon={Icon.Rewind} onSubmit={handleSubmit} />
        </ActionPanel>
      }
    >
      <Form.Description
        title=""
        text="Runs the routine for times that have passed without a run. You see how many before anything starts."
      />
      <Form.DatePicker {...itemProps.from} title="From" max={new Date()} />
      <Form.DatePicker {...itemProps.to} title="To" max={new Date()} />
    </Form>
  );
}
