import { Action, ActionPanel, Color, Icon, List, useNavigation } from "@raycast/api";
import { useEffect } from "react";
import type { EntryKind } from "../protocol/entries.ts";
import type { RoutineRow } from "../protocol/routine-methods.ts";
import { HelperProblemView } from "./helper-problem.tsx";
import { titleWhile } from "./present/helper-problem.ts";
import { isUnderWay, presentRoutine } from "./present/routine-item.ts";
import { RoutineActions } from "./routine-actions.tsx";
import { RoutineForm } from "./routine-form.tsx";
import { loadRoutines, type RoutineChoices, type RoutineList } from "./routine-list.ts";
import { type Live, useLive } from "./use-live.ts";

/** How often a run that is under way is looked at: the ledger follows the trace a moment later. */
const LOOK_PAUSE_MS = 2_000;
const STALE_ON: readonly EntryKind[] = [
  ...(["state.changed", "turn.started", "turn.finished", "card.opened", "card.resolved"] as const),
];

/** What loopd does by itself: when, how it went, and all that a person can do about it. */
export default function ManageRoutines() {
  const live = useLive<RoutineList>({
    key: "routines",
    staleOn: STALE_ON,
    isStale: (entry) => entry.kind !== "state.changed" || entry.data.store === "routine",
    load: loadRoutines,
  });
  const { state, remedy, reload } = live;
  const routines = state.type === "ready" ? state.value.routines : [];
  const isMoving = routines.some(({ last }) => last !== undefined && isUnderWay(last));
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(reload, LOOK_PAUSE_MS);
    return () => clearInterval(timer);
  }, [isMoving, reload]);
  if (state.type === "problem") return <HelperProblemView problem={state.problem} onRemedy={remedy} />;
  return (
    <List
      navigationTitle={state.type === "ready" ? titleWhile("Manage Routines", state) : "Manage Routines"}
      searchBarPlaceholder="Filter Routines"
      isLoading={state.type === "opening" || state.isLoading}
    >
      {state.type === "ready" && <NoRoutines choices={state.value.choices} live={live} />}
      {state.type === "ready" &&
        routines.map((routine) => (
          <RoutineItem key={routine.name} routine={routine} choices={state.value.choices} live={live} />
        ))}
    </List>
  );
}

function RoutineItem(props: { routine: RoutineRow; choices: RoutineChoices; live: Live<RoutineList> }) {
  const { title, subtitle, tags, next, nextWords } = presentRoutine(props.routine);
  return (
    <List.Item
      id={title}
      title={title}
      subtitle={subtitle}
      icon={props.routine.paused === undefined ? Icon.Repeat : Icon.Pause}
      accessories={[
        ...tags.map(({ text, tint }) => ({ tag: { value: text, color: Color[tint] } })),
        ...(next === undefined ? [] : [{ date: next, tooltip: nextWords, icon: Icon.Clock }]),
      ]}
      actions={<RoutineActions {...props} />}
    />
  );
}

function NoRoutines({ choices, live }: { choices: RoutineChoices; live: Live<RoutineList> }) {
  const { push } = useNavigation();
  const form = <RoutineForm routine={undefined} choices={choices} onSaved={live.reload} />;
  return (
    <List.EmptyView
      icon={Icon.Repeat}
      title="No Routines Yet"
      description="A routine asks the same by itself: at a time, at intervals, or when something happens."
      actions={
        <ActionPanel>
          <Action title="Create Routine" icon={Icon.Plus} onAction={() => push(form)} />
        </ActionPanel>
      }
    />
  );
}
