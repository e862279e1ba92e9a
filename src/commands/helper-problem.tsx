import { Action, ActionPanel, Icon, launchCommand, LaunchType, List } from "@raycast/api";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { canStartHere } from "./installer.ts";
import { type HelperProblem, SET_UP } from "./present/helper-problem.ts";
import { helperProgram } from "./raycast-helper.ts";

/** What every command shows instead of itself when its helper cannot be reached. */
export function HelperProblemView(props: {
  problem: HelperProblem;
  onRemedy: (remedy: HelperProblem["remedy"]) => void;
}) {
  const { title, description, remedy, remedyTitle } = props.problem;
  const setUp = <Action title={SET_UP} icon={Icon.Gear} onAction={setUpHelper} />;
  const help = remedyHelps(remedy);
  return (
    <List searchBarPlaceholder="">
      <List.EmptyView
        icon={Icon.Plug}
        title={title}
        description={description}
        actions={
          <ActionPanel>
            {!help && setUp}
            {help && (
              <Action
                title={remedyTitle}
                icon={remedy === "start" ? Icon.Play : Icon.ArrowClockwise}
                onAction={() => props.onRemedy(remedy)}
              />
            )}
            {help && setUp}
          </ActionPanel>
        }
      />
    </List>
  );
}

/** Whether the remedy can do it: one that is not installed may have nothing to run from, one that is comes back as it is. */
function remedyHelps(remedy: HelperProblem["remedy"]): boolean {
  const program = helperProgram();
  if (remedy === "retry") return true;
  return existsSync(join(program.home, "helper", "current")) ? remedy === "start" : canStartHere(program);
}

/** Opens the command that installs and mends the helper. */
async function setUpHelper(): Promise<void> {
  await launchCommand({ name: "set-up-helper", type: LaunchType.UserInitiated });
}
