import { Action, ActionPanel, Detail, Icon, List } from "@raycast/api";
import { type HelperProblem, setUpHelp } from "./present/helper-problem.ts";
import { helperProgram } from "./raycast-helper.ts";

/** What every command shows instead of itself when its helper cannot be reached. */
export function HelperProblemView(props: {
  problem: HelperProblem;
  onRemedy: (remedy: HelperProblem["remedy"]) => void;
}) {
  const { title, description, remedy, remedyTitle } = props.problem;
  const help = <Detail navigationTitle="Set-Up Help" markdown={setUpHelp(helperProgram().home)} />;
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
            <Action.Push title="Open Set-Up Help" icon={Icon.QuestionMarkCircle} target={help} />
          </ActionPanel>
        }
      />
    </List>
  );
}
