import { Action, ActionPanel, Form, Icon, showToast, Toast, useNavigation } from "@raycast/api";
import { FormValidation, useForm } from "@raycast/utils";
import { asLoopdError } from "../protocol/errors.ts";
import type { RoutineRow } from "../protocol/routine-methods.ts";
import { presentEndpointChoices } from "./present/endpoint-choices.ts";
import {
  addedRoutine,
  APPROVALS,
  CATCH_UPS,
  editedRoutine,
  type FormChoice,
  isOtherSchedule,
  MOMENTS,
  nameProblem,
  OVERLAPS,
  type RoutineValues,
  routineValues,
  SESSIONS,
} from "./present/routine-form.ts";
import { firingsText } from "./present/firings.ts";
import { titleWhile } from "./present/helper-problem.ts";
import { workspaceFolder } from "./preferences.ts";
import { CLIENT } from "./raycast-helper.ts";
import type { RoutineChoices } from "./routine-list.ts";
import { useFirings } from "./use-firings.ts";
import { useHelperLink } from "./use-helper-link.ts";
import { zoneNames } from "./zone-names.ts";

/** Creates a routine, or edits the one that is given. Pops when the helper has taken it. */
export function RoutineForm(props: { routine: RoutineRow | undefined; choices: RoutineChoices; onSaved: () => void }) {
  const { routine, choices, onSaved } = props;
  const link = useHelperLink();
  const { request } = link;
  const { pop } = useNavigation();
  const isNew = routine === undefined;
  const localZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const before = routineValues(routine, { zone: localZone, workspace: workspaceFolder() });
  const { handleSubmit, itemProps, values, setValidationError } = useForm<RoutineValues>({
    initialValues: before,
    validation: {
      name: (name) => (isNew ? nameProblem(name) : undefined),
      schedule: FormValidation.Required,
      prompt: FormValidation.Required,
    },
    onSubmit: save,
  });
  const firings = useFirings(link, values.schedule ?? "", values.zone ?? localZone);
  const isSame = !isNew && !isOtherSchedule(before, values);
  async function save(given: RoutineValues) {
    const toast = await showToast({ style: Toast.Style.Animated, title: isNew ? "Creating…" : "Saving…" });
    try {
      if (isNew) await request("routine.add", addedRoutine(given, CLIENT));
      else await request("routine.edit", editedRoutine(before, given, CLIENT));
      toast.style = Toast.Style.Success;
      toast.title = isNew ? "Created" : "Saved";
      onSaved();
      pop();
    } catch (thrown) {
      const { code, message } = asLoopdError(thrown);
      if (code === "routine-exists") setValidationError("name", "There is a routine of this name already");
      toast.style = Toast.Style.Failure;
      toast.title = isNew ? "It Was Not Created" : "It Was Not Saved";
      toast.message = message;
    }
  }
  const endpoints = presentEndpointChoices(choices.endpoints).choices;
  return (
    <Form
      navigationTitle={titleWhile(isNew ? "Create Routine" : `Edit ${routine.name}`, link)}
      actions={
        <ActionPanel>
          <Action.SubmitForm
            title={isNew ? "Create Routine" : "Save Routine"}
            icon={Icon.Check}
            onSubmit={handleSubmit}
          />
        </ActionPanel>
      }
    >
      {isNew ? (
        <Form.TextField {...itemProps.name} title="Name" placeholder="brief" autoFocus />
      ) : (
        <Form.Description title="Name" text={routine.name} />
      )}
      <Form.TextField
        {...itemProps.schedule}
        title="Schedule"
        placeholder="weekdays at 9:00"
        info="In words (weekdays at 9:00, first monday 08:30, every 2h, tomorrow 15:00), as cron (30 9 * * mon-fri), or wake, login, file ~/Downloads/*.pdf."
      />
      <Form.Description title="Next Firings" text={firingsText(firings, isSame ? routine : undefined)} />
      <Form.Dropdown {...itemProps.zone} title="Time Zone">
        {zoneNames(before.zone).map((zone) => (
          <Form.Dropdown.Item key={zone} value={zone} title={zone.replaceAll("_", " ")} />
        ))}
      </Form.Dropdown>
      <Form.TextArea {...itemProps.prompt} title="Prompt" placeholder="What changed in this folder since yesterday?" />
      <Form.FilePicker
        {...itemProps.folder}
        title="Works In"
        allowMultipleSelection={false}
        canChooseDirectories
        canChooseFiles={false}
      />
      <Form.Separator />
      <Form.Dropdown {...itemProps.endpoint} title="Model Server">
        {endpoints.map((choice) => (
          <Form.Dropdown.Item key={choice.value} {...choice} />
        ))}
      </Form.Dropdown>
      <Form.TextField {...itemProps.model} title="Model" placeholder="the server's usual one" />
      <Form.TagPicker
        {...itemProps.tools}
        title="Tools"
        placeholder="all"
        info="Only these may be used. None chosen: all."
      >
        {choices.tools.map(({ name }) => (
          <Form.TagPicker.Item key={name} value={name} title={name} />
        ))}
      </Form.TagPicker>
      <Choice {...itemProps.approvals} title="Approvals" choices={APPROVALS} />
      <Choice {...itemProps.session} title="Session" choices={SESSIONS} />
      <Choice {...itemProps.catchUp} title="Missed Runs" choices={CATCH_UPS} />
      <Choice {...itemProps.overlap} title="If a Run Is Open" choices={OVERLAPS} />
      <Form.TagPicker {...itemProps.notify} title="Notify When">
        {MOMENTS.map((choice) => (
          <Form.TagPicker.Item key={choice.value} {...choice} />
        ))}
      </Form.TagPicker>
    </Form>
  );
}

function Choice({ choices, ...field }: Form.Dropdown.Props & { choices: readonly FormChoice[] }) {
  return (
    <Form.Dropdown {...field}>
      {choices.map((choice) => (
        <Form.Dropdown.Item key={choice.value} {...choice} />
      ))}
    </Form.Dropdown>
  );
}
