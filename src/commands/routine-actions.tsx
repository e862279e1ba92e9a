import { Action, ActionPanel, Clipboard, Icon, Keyboard, showHUD, useNavigation } from "@raycast/api";
import type { RoutineRow } from "../protocol/routine-methods.ts";
import { BackfillForm } from "./backfill-form.tsx";
import { isUnderWay } from "./present/routine-item.ts";
import { cancelRun, pauseRoutine, removeRoutine, resumeRoutine, runRoutine, wholeRoutine } from "./routine-deeds.ts";
import { RoutineForm } from "./routine-form.tsx";
import { RoutineLedger } from "./routine-ledger.tsx";
import type { RoutineChoices, RoutineList } from "./routine-list.ts";
import type { Live } from "./use-live.ts";

/** The panel of a routine. */
export function RoutineActions(props: { routine: RoutineRow; choices: RoutineChoices; live: Live<RoutineList> }) {
  const { routine, choices, live } = props;
  const { push } = useNavigation();
  const { reload } = live;
  const { name, paused, last } = routine;
  const { Edit, New, Remove } = Keyboard.Shortcut.Common;
  const form = (edited: RoutineRow | undefined) => <RoutineForm routine={edited} choices={choices} onSaved={reload} />;
  const edit = async () => {
    const whole = await wholeRoutine(live, routine);
    if (whole !== undefined) push(form(whole));
  };
  const copyPrompt = async () => {
    const whole = await wholeRoutine(live, routine);
    if (whole === undefined) return;
    await Clipboard.copy(whole.prompt);
    await showHUD("Copied Prompt");
  };
  return (
    <ActionPanel>
      <ActionPanel.Section>
        <Action.Push title="Show Ledger" icon={Icon.List} target={<RoutineLedger name={name} />} />
        <Action title="Run Now" icon={Icon.Play} onAction={() => runRoutine(live, name)} />
        {paused === undefined ? (
          <Action
            title="Pause"
            icon={Icon.Pause}
            shortcut={{ modifiers: ["cmd", "shift"], key: "p" }}
            onAction={() => pauseRoutine(live, name)}
          />
        ) : (
          <Action
            title="Resume"
            icon={Icon.Play}
            shortcut={{ modifiers: ["cmd", "shift"], key: "p" }}
            onAction={() => resumeRoutine(live, name)}
          />
        )}
        {last !== undefined && isUnderWay(last) && (
          <Action
            title="Cancel Run…"
            icon={Icon.Stop}
            style={Action.Style.Destructive}
            shortcut={{ modifiers: ["cmd", "shift"], key: "x" }}
            onAction={() => cancelRun(live, name)}
          />
        )}
      </ActionPanel.Section>
      <ActionPanel.Section>
        <Action title="Edit…" icon={Icon.Pencil} shortcut={Edit} onAction={edit} />
        <Action title="Create Routine…" icon={Icon.Plus} shortcut={New} onAction={() => push(form(undefined))} />
        <Action
          title="Backfill…"
          icon={Icon.Rewind}
          shortcut={{ modifiers: ["cmd", "shift"], key: "b" }}
          onAction={() => push(<BackfillForm name={name} onDone={reload} />)}
        />
        <Action
          title="Remove…"
          icon={Icon.Trash}
          style={Action.Style.Destructive}
          shortcut={Remove}
          onAction={() => removeRoutine(live, name)}
        />
      </ActionPanel.Section>
      <ActionPanel.Section>
        <Action.CopyToClipboard title="Copy Name" content={name} shortcut={Keyboard.Shortcut.Common.CopyName} />
        <Action
          title="Copy Prompt"
          icon={Icon.Clipboard}
          shortcut={Keyboard.Shortcut.Common.Copy}
          onAction={copyPrompt}
        />
      </ActionPanel.Section>
    </ActionPanel>
  );
}
