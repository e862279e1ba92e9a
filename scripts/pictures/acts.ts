import type { Command } from "../../test/fakes/raycast/command.ts";
import type { Scene } from "../../test/fakes/raycast/command-options.ts";
import type { Stage } from "./stage.ts";

/** One picture: what it is called, what is seen, and whether the actions are open over it. */
export interface Picture {
  name: string;
  title: string;
  scene: Scene;
  /** On a light ground, where the command itself draws another picture there. */
  lightScene?: Scene;
  panel: "open" | "closed";
  /** Its number in the Store, if it is shown there. */
  place?: number;
}

const ROUTINES = [
  {
    name: "Morning digest",
    schedule: { when: "every weekday at 8:30" },
    prompt: "Which files under this folder are the largest?",
  },
  { name: "Photos to the backup", schedule: { when: "every day at 19:00" }, prompt: "Run `date`" },
  { name: "Tidy the inbox", schedule: { every: "4h" }, prompt: "What is in this folder?" },
];

const isLoaded = (command: Command) => command.view.props["isLoading"] !== true;

/** Plays what a person does on a day with loopd, and looks at each window as it really is then. */
export async function play(stage: Stage, workspace: string): Promise<Picture[]> {
  const pictures: Picture[] = [];
  const take = (command: Command, picture: Omit<Picture, "scene">) =>
    void pictures.push({ ...picture, scene: stage.look(command) });

  const ask = stage.open("ask", { arguments: { text: "Which files under this folder are the largest?" } });
  await ask.until(() => ask.print().includes('text="Done"'));
  await ask.until(() => isLoaded(ask));
  take(ask, { name: "ask", title: "Ask", panel: "closed", place: 1 });
  ask.close();

  const card = stage.open("ask", { arguments: { text: "Run `rsync -a photos /Volumes/Backup`" } });
  await card.until(() => card.actions().includes("Approve"));
  take(card, { name: "ask-approval", title: "Ask", panel: "open", place: 2 });
  card.close();

  await stage.submit("Run `sips -Z 1600 photos/harbour.jpg`");
  await stage.submit("Run `open packing.md`");
  const approvals = stage.open("review-approvals");
  await approvals.until(() => isLoaded(approvals) && approvals.items().length === 3);
  take(approvals, { name: "approvals", title: "Review Approvals", panel: "closed", place: 3 });
  approvals.close();

  for (const { name, schedule, prompt } of ROUTINES)
    await stage.request("routine.add", { name, schedule, prompt, workspace, endpoint: "rehearsal" });
  await stage.request("routine.run", { name: "Morning digest" });
  const routines = stage.open("manage-routines");
  await routines.until(() => isLoaded(routines) && /"(Ran|Done|ran)/.test(routines.print()));
  take(routines, { name: "routines", title: "Manage Routines", panel: "closed", place: 4 });
  await routines.action("Create Routine…");
  await routines.until((view) => view.type === "Form");
  await routines.enter({
    name: "Weekly report",
    schedule: "every friday at 4pm",
    prompt: "What changed in this folder?",
  });
  await routines.until(() => /4:00|16:00/.test(routines.print()));
  take(routines, { name: "routine-form", title: "Manage Routines", panel: "closed", place: 5 });
  routines.close();

  const sessions = stage.open("search-sessions");
  await sessions.until(() => isLoaded(sessions) && sessions.items().length > 0);
  take(sessions, { name: "sessions", title: "Search Sessions", panel: "closed" });
  sessions.close();
  const scene = await lookAtSession(stage, "dark");
  const lightScene = await lookAtSession(stage, "light");
  pictures.push({ name: "session", title: "Search Sessions", panel: "closed", place: 6, scene, lightScene });

  const status = stage.open("show-status", { launchType: "background" });
  await status.ended();
  take(status, { name: "status", title: "Show Status", panel: "closed" });
  return pictures;
}

/** A session's page draws its charts for the ground they stand on. */
async function lookAtSession(stage: Stage, appearance: "dark" | "light"): Promise<Scene> {
  const sessions = stage.open("search-sessions", { appearance });
  await sessions.until(() => isLoaded(sessions) && sessions.items().length > 0);
  sessions.select("Which files under this folder are the largest?");
  await sessions.action("Show Session");
  await sessions.until((view) => view.type === "Detail" && isLoaded(sessions));
  const scene = stage.look(sessions);
  sessions.close();
  return scene;
}
