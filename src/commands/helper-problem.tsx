import { Action, ActionPanel, Icon, launchCommand, LaunchType, List } from "@raycast/api";
import { type HelperProblem, SET_UP } from "./present/helper-problem.ts";

/** What every command shows instead of itself when its helper cannot be reached. */
export function HelperProblemView(props: {
  problem: HelperProblem;
  onRemedy: (remedy: HelperProblem["remedy"]) => void;
}) {
  const { title, description, remedy, remedyTitle } = props.problem;
  return (
    <List searchBarPlaceholder="">
      <List.EmptyView
        icon={Icon.Plug}
        title={title}
        description={description}
        actions={
          <ActionPanel>
            <Action
              title={remedyTitle}
              icon={remedy === "start" ? Icon.Play : Icon.ArrowClockwise}
              onAction={() => props.onRemedy(remedy)}
            />
            <Action title={SET_UP} icon={Icon.Gear} onAction={setUpHelper} />
          </ActionPanel>
        }
      />
    </List>
  );
}

/** Opens the command that installs and mends the helper. */
async function setUpHelper(): Promise<void> {
  await launchCommand({ name: "set-up-helper", type: LaunchType.UserInitiated });
}
