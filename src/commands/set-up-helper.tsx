import {
  Action,
  ActionPanel,
  Color,
  Detail,
  Icon,
  Keyboard,
  launchCommand,
  LaunchType,
  List,
  openExtensionPreferences,
} from "@raycast/api";
import type { Check } from "../protocol/requests.ts";
import { type HelperProblem, SET_UP, setUpHelp, titleWhile } from "./present/helper-problem.ts";
import { plainMarkdown } from "./present/markdown-text.ts";
import { presentChecks } from "./present/set-up.ts";
import { helperProgram } from "./raycast-helper.ts";
import { useLive } from "./use-live.ts";

const icons: Record<Check["state"], Icon> = { ok: Icon.CheckCircle, warning: Icon.Warning, failed: Icon.XMarkCircle };

/** Starts the helper where none runs; where one does, says what it needs from this machine. */
export default function SetUpHelper() {
  const { state, remedy, reload } = useLive<readonly Check[]>({
    key: "",
    staleOn: [],
    load: async (request) => (await request("helper.doctor", {})).checks,
  });
  if (state.type === "problem") return <NoHelper problem={state.problem} onRemedy={remedy} />;
  const isReconnecting = state.type === "ready" && state.isReconnecting;
  const checks = state.type === "ready" ? presentChecks(state.value) : [];
  return (
    <List
      navigationTitle={titleWhile(SET_UP, { isReconnecting })}
      isLoading={state.type === "opening" || state.isLoading}
      isShowingDetail={checks.length > 0}
      searchBarPlaceholder="Search What Was Looked At"
    >
      {checks.map(({ name, state: found, tag, markdown, mend }) => (
        <List.Item
          key={name}
          id={name}
          title={name}
          icon={{ source: icons[found], tintColor: Color[tag.tint] }}
          accessories={[{ tag: { value: tag.text, color: Color[tag.tint] } }]}
          detail={<List.Item.Detail markdown={markdown} />}
          actions={
            <ActionPanel>
              {mend !== undefined && <Action.CopyToClipboard title="Copy What Mends It" content={mend} />}
              <Action
                title="Look Again"
                icon={Icon.ArrowClockwise}
                shortcut={Keyboard.Shortcut.Common.Refresh}
                onAction={reload}
              />
              <Action title="Show Status in Menu Bar" icon={Icon.AppWindowSidebarRight} onAction={showStatus} />
              <Action title="Open Preferences" icon={Icon.Gear} onAction={openExtensionPreferences} />
              <Action.Push title="Open Set-Up Help" icon={Icon.QuestionMarkCircle} target={<SetUpHelp />} />
            </ActionPanel>
          }
        />
      ))}
    </List>
  );
}

function NoHelper(props: { problem: HelperProblem; onRemedy: (remedy: HelperProblem["remedy"]) => void }) {
  const { title, description, remedy, remedyTitle } = props.problem;
  const help = setUpHelp(helperProgram().home);
  return (
    <Detail
      navigationTitle={SET_UP}
      markdown={`# ${plainMarkdown(title)}\n\n${plainMarkdown(description)}\n\n---\n\n${help}`}
      actions={
        <ActionPanel>
          <Action
            title={remedyTitle}
            icon={remedy === "start" ? Icon.Play : Icon.ArrowClockwise}
            onAction={() => props.onRemedy(remedy)}
          />
          <Action title="Open Preferences" icon={Icon.Gear} onAction={openExtensionPreferences} />
        </ActionPanel>
      }
    />
  );
}

/** A menu bar command stays there once a person has launched it. */
async function showStatus(): Promise<void> {
  await launchCommand({ name: "show-status", type: LaunchType.UserInitiated });
}

function SetUpHelp() {
  return <Detail navigationTitle="Set-Up Help" markdown={setUpHelp(helperProgram().home)} />;
}
