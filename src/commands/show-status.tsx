import {
  Cache,
  Color,
  Icon,
  launchCommand,
  LaunchType,
  MenuBarExtra,
  openExtensionPreferences,
  showHUD,
} from "@raycast/api";
import { usePromise } from "@raycast/utils";
import { useState } from "react";
import type { Connection } from "../protocol/connect.ts";
import { asLoopdError } from "../protocol/errors.ts";
import { menuBarLink } from "./menu-bar-link.ts";
import { openAsk } from "./open-ask.ts";
import { presentHelperProblem, SET_UP } from "./present/helper-problem.ts";
import { type MenuBarView, pendingTitle, presentMenuBar, type StatusNow } from "./present/menu-bar.ts";
import { CLIENT, openForRaycast } from "./raycast-helper.ts";

const PENDING = "pending";

type Request = Connection["request"];
/** Does something and says in a word or two that it is done; meanwhile Raycast keeps the command loaded. */
type Act = (work: () => Promise<string>) => Promise<void>;

const icons: Record<MenuBarView["icon"], Icon> = {
  idle: Icon.Circle,
  working: Icon.CircleProgress50,
  waiting: Icon.Shield,
};

/** What waits, what runs and what comes next, in the menu bar. Looks, and is unloaded until the next time. */
export default function ShowStatus() {
  const { data, error, isLoading, revalidate } = usePromise(() => withHelper(loadStatus), [], { onError: () => {} });
  const [working, setWorking] = useState(0);
  const [pending] = useState(readPending);
  const view = data && presentMenuBar(data, Date.now());
  const act: Act = async (work) => {
    setWorking((count) => count + 1);
    await showHUD(await work().catch((thrown: unknown) => asLoopdError(thrown).message));
    setWorking((count) => count - 1);
    revalidate();
  };
  const isBusy = isLoading || working > 0;
  if (error !== undefined && !isBusy) return <NoHelper message={error} act={act} />;
  return (
    <MenuBarExtra
      icon={icons[view?.icon ?? (pending > 0 ? "waiting" : "idle")]}
      title={view === undefined ? pendingTitle(pending) : view.title}
      tooltip={view?.tooltip ?? "loopd"}
      isLoading={isBusy}
    >
      {view && <Menu view={view} act={act} />}
    </MenuBarExtra>
  );
}

function Menu({ view, act }: { view: MenuBarView; act: Act }) {
  const { waiting, more, turns, next, failed, endpoint, stop } = view;
  return (
    <>
      <MenuBarExtra.Section title={waiting.length === 0 ? "Nothing Waits for You" : "Waits for You"}>
        {waiting.map(({ key, title, subtitle }) => (
          <MenuBarExtra.Item
            key={key}
            title={title}
            subtitle={subtitle}
            icon={Icon.Shield}
            onAction={() => launch("review-approvals")}
          />
        ))}
        <MenuBarExtra.Item
          title={more > 0 ? `Review Approvals (${more} More)` : "Review Approvals"}
          icon={Icon.Tray}
          onAction={() => launch("review-approvals")}
        />
      </MenuBarExtra.Section>
      {turns.length > 0 && (
        <MenuBarExtra.Section title="Open Turns">
          {turns.map((turn) => (
            <OpenTurn key={turn.turn} {...turn} act={act} />
          ))}
        </MenuBarExtra.Section>
      )}
      <MenuBarExtra.Section title="Routines">
        {next !== undefined && <MenuBarExtra.Item title={`Next: ${next}`} icon={Icon.Clock} onAction={routines} />}
        {failed.map(({ key, title, session, turn }) => (
          <MenuBarExtra.Item
            key={key}
            title={title}
            icon={{ source: Icon.Warning, tintColor: Color.Orange }}
            onAction={session === undefined ? routines : () => openAsk({ session, turn })}
          />
        ))}
        <MenuBarExtra.Item title="Manage Routines" icon={Icon.Calendar} onAction={routines} />
      </MenuBarExtra.Section>
      <MenuBarExtra.Section>
        <MenuBarExtra.Item title="Ask" icon={Icon.SpeechBubble} onAction={() => openAsk({})} />
        <MenuBarExtra.Item title={`Endpoint: ${endpoint}`} icon={Icon.Plug} onAction={openExtensionPreferences} />
      </MenuBarExtra.Section>
      <MenuBarExtra.Section>
        <MenuBarExtra.Submenu title="Stop Everything" icon={Icon.Stop}>
          <MenuBarExtra.Item title={stop} icon={Icon.StopFilled} onAction={() => act(stopEverything)} />
        </MenuBarExtra.Submenu>
      </MenuBarExtra.Section>
    </>
  );
}

function OpenTurn({ session, turn, title, subtitle, act }: MenuBarView["turns"][number] & { act: Act }) {
  const stop = async () => {
    const why = "stopped in Raycast's menu bar";
    await withHelper((request) => request("turn.cancel", { session, turn, by: CLIENT, why }));
    return "Stopped";
  };
  return (
    <MenuBarExtra.Submenu title={`${title} (${subtitle})`} icon={Icon.CircleProgress50}>
      <MenuBarExtra.Item title="Open in Ask" icon={Icon.SpeechBubble} onAction={() => openAsk({ session, turn })} />
      <MenuBarExtra.Item title="Stop" icon={Icon.Stop} onAction={() => act(stop)} />
    </MenuBarExtra.Submenu>
  );
}

/** What the menu bar shows where no helper answers. */
function NoHelper({ message, act }: { message: Error; act: Act }) {
  const { title, remedy, remedyTitle } = presentHelperProblem(asLoopdError(message));
  const start = async () => {
    (await openForRaycast(() => {}, "if-missing")).close();
    return "Helper started";
  };
  return (
    <MenuBarExtra icon={Icon.Plug} tooltip={`loopd: ${title}`} isLoading={false}>
      <MenuBarExtra.Section title={title}>
        {remedy === "start" && <MenuBarExtra.Item title={remedyTitle} icon={Icon.Play} onAction={() => act(start)} />}
        <MenuBarExtra.Item title={SET_UP} icon={Icon.Gear} onAction={() => launch("set-up-helper")} />
      </MenuBarExtra.Section>
    </MenuBarExtra>
  );
}

/** Stops what runs and pauses what would begin by itself. */
async function stopEverything(): Promise<string> {
  const why = "Stop Everything in Raycast's menu bar";
  const { turns } = await withHelper((request) => request("turn.stop-all", { by: CLIENT, why }));
  return turns.length === 0 ? "Routines are paused" : `Stopped ${turns.length} and paused the routines`;
}

async function launch(name: string): Promise<void> {
  await launchCommand({ name, type: LaunchType.UserInitiated });
}

const routines = () => launch("manage-routines");

async function loadStatus(request: Request): Promise<StatusNow> {
  const [status, { cards }, { turns }, { runs }] = await Promise.all([
    request("helper.status", {}),
    request("card.list", { limit: 10 }),
    request("turn.list", {}),
    request("routine.runs", { limit: 50 }),
  ]);
  const link = menuBarLink();
  keepPending(status.pendingApprovals + status.pendingQuestions);
  // A config.json that cannot be written is the business of the doctor.
  if (status.menuBar !== link) await request("helper.menu-bar", { link: link ?? null }).catch(() => {});
  return { status, cards, turns, runs };
}

/** How much waited when it was looked last: shown until this look is done. Only the number is kept outside of the helper. */
function readPending(): number {
  return Number(new Cache().get(PENDING) ?? 0);
}

function keepPending(count: number): void {
  new Cache().set(PENDING, String(count));
}

/** Asks a helper that runs; none is started. */
async function withHelper<T>(work: (request: Request) => Promise<T>): Promise<T> {
  const connection = await openForRaycast(() => {}, "never");
  try {
    return await work(connection.request);
  } finally {
    connection.close();
  }
}
