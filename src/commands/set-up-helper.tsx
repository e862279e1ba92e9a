import { Action, ActionPanel, Detail, Icon, Keyboard, List, openExtensionPreferences } from "@raycast/api";
import { usePromise } from "@raycast/utils";
import { useEffect } from "react";
import type { EntryKind } from "../protocol/entries.ts";
import { canStartHere } from "./installer.ts";
import { type HelperProblem, SET_UP, setUpHelp, titleWhile } from "./present/helper-problem.ts";
import { presentHead } from "./present/install-head.ts";
import { presentSteps } from "./present/install-steps.ts";
import { presentSetUpItems, type SetUpFacts, type SetUpMarks } from "./present/set-up-items.ts";
import { readPreferences } from "./preferences.ts";
import { helperProgram } from "./raycast-helper.ts";
import { loadFacts } from "./set-up-facts.ts";
import { SetUpItems } from "./set-up-items.tsx";
import { keepMarks, readMarks } from "./set-up-marks.ts";
import { InstallSteps } from "./set-up-steps.tsx";
import { type Installer, useInstaller } from "./use-installer.ts";
import { type Live, useLive } from "./use-live.ts";

const STALE_ON: readonly EntryKind[] = ["session.created"];

/** Installs the helper and sees a person through the first steps. What is going on is found again when it is opened again. */
export default function SetUpHelper() {
  const installer = useInstaller();
  const live = useLive<SetUpFacts>({ key: "", staleOn: STALE_ON, load: loadFacts });
  const { data: marks, isLoading, mutate } = usePromise(() => readMarks(helperProgram().home));
  const { state, remedy } = live;
  const type = installer.known?.state.type;
  useEffect(() => {
    // What an installation has just started is not waited for as one that is away.
    if (type === "installed") void remedy("retry");
  }, [type]);
  const keep = async (next: SetUpMarks) => {
    await mutate(keepMarks(next), { optimisticUpdate: () => next, shouldRevalidateAfter: false });
  };
  if (installer.known === undefined || marks === undefined) {
    return <List isLoading={isLoading || installer.known === undefined} navigationTitle={SET_UP} />;
  }
  return <SetUp installer={installer} known={installer.known} live={live} marks={marks} onKeep={keep} state={state} />;
}

function SetUp(props: {
  installer: Installer;
  known: NonNullable<Installer["known"]>;
  live: Live<SetUpFacts>;
  state: Live<SetUpFacts>["state"];
  marks: SetUpMarks;
  onKeep: (marks: SetUpMarks) => Promise<void>;
}) {
  const { installer, known, live, state, marks, onKeep } = props;
  const isUp = state.type === "ready";
  const problem = state.type === "problem" ? state.problem : undefined;
  const items = presentSetUpItems({
    facts: isUp ? state.value : undefined,
    marks,
    isPushed: readPreferences().pushToMenuBar === true,
  });
  const others = (
    <>
      <Action
        title="Look Again"
        icon={Icon.ArrowClockwise}
        shortcut={Keyboard.Shortcut.Common.Refresh}
        onAction={() => live.remedy("retry")}
      />
      <Action.Push title="Open Set-Up Help" icon={Icon.QuestionMarkCircle} target={<SetUpHelp />} />
    </>
  );
  return (
    <List
      navigationTitle={titleWhile(SET_UP, { isReconnecting: isUp && state.isReconnecting })}
      isLoading={known.state.type === "running" || (isUp && state.isLoading)}
      isShowingDetail
      searchBarPlaceholder="Search Steps"
    >
      <InstallSteps
        head={presentHead(known.state, runningWords(state))}
        lines={presentSteps(known.installation, known.state)}
        installer={installer}
        start={problem && <StartAction problem={problem} installer={known} onRemedy={live.remedy} />}
        others={others}
      />
      <SetUpItems
        items={items}
        desk={{ request: live.request, isUp, marks, keep: onKeep, reload: live.reload }}
        others={others}
      />
    </List>
  );
}

/** Starts a helper that does not run, where there is one that could. An installation starts its own. */
function StartAction(props: {
  problem: HelperProblem;
  installer: NonNullable<Installer["known"]>;
  onRemedy: Live<SetUpFacts>["remedy"];
}) {
  const { problem, installer, onRemedy } = props;
  const { type } = installer.state;
  const isKept = installer.installation.installed !== undefined;
  const isPossible =
    problem.remedy === "retry" || (isKept ? problem.remedy === "start" : canStartHere(helperProgram()));
  if (!isPossible || type === "running") return null;
  const icon = problem.remedy === "start" ? Icon.Play : Icon.ArrowClockwise;
  return <Action title={problem.remedyTitle} icon={icon} onAction={() => onRemedy(problem.remedy)} />;
}

function runningWords(state: Live<SetUpFacts>["state"]): string {
  if (state.type === "opening") return "Looking for a helper…";
  if (state.type === "problem") return `${state.problem.title}. ${state.problem.description}`;
  return state.isReconnecting ? "The helper went away. It is waited for." : "The helper runs and answers.";
}

function SetUpHelp() {
  return (
    <Detail
      navigationTitle="Set-Up Help"
      markdown={setUpHelp(helperProgram().home)}
      actions={
        <ActionPanel>
          <Action title="Open Preferences" icon={Icon.Gear} onAction={openExtensionPreferences} />
        </ActionPanel>
      }
    />
  );
}
