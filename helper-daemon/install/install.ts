import { applyPlan, supervisorOf } from "../../launchd/apply-plan.ts";
import type { InstalledNode } from "../../launchd/install-node.ts";
import type { InstallPlan } from "../../launchd/install-plan.ts";
import { planInstall } from "../../launchd/plan-install.ts";
import { isTrouble } from "../../launchd/supervisor.ts";
import { presentAt } from "../../launchd/wanted-files.ts";
import { allRoutines } from "../../src/protocol/all-routines.ts";
import type { InstallResult } from "../../src/protocol/install.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import { type Up, bringUp } from "./bring-up.ts";
import type { Bundle } from "./bundle.ts";
import { removeBundles, switchCurrent } from "./current.ts";
import { installBundle } from "./install-bundle.ts";
import type { InstallPlace } from "./install-place.ts";
import { installScreen } from "./install-screen.ts";
import { jobOf } from "./installed-job.ts";
import { installOwnNode, removeUnfinishedPrograms } from "./programs.ts";
import { reachHelper } from "./reach-helper.ts";
import type { StepEnd, Steps } from "./steps.ts";
import { syncTick } from "./sync-tick.ts";
import { type Failure, failedResult, troubled } from "./trouble.ts";
import { wishOf } from "./wish.ts";

const NOTICE =
  "macOS shows a notification now, that loopd was added to the items that run in the background. Leave it switched on there.";

interface Installation {
  place: InstallPlace;
  bundle: Bundle;
  /** Where packages that are not here come from. */
  registry: string;
  steps: Steps;
}

/** The steps of an installation, in their order; the first that fails is the last. */
export async function install({ place, bundle, registry, steps }: Installation): Promise<InstallResult> {
  const { platform, home, machine } = place;
  const { signal } = new AbortController();
  // Before anything is changed: it throws for a path that the system could not be given.
  const plan = { ...planInstall(await wishOf(place, { version: "", triggers: [] })), unwanted: [] };
  let node: InstalledNode | undefined;
  let up: Up | undefined;

  const failure =
    (await refusalOf(place, steps)) ??
    (await steps.run("bundle", undefined, () => installBundle(bundle, place, { registry, signal }))) ??
    (await steps.run("node", undefined, async () => {
      await removeUnfinishedPrograms(home);
      node = await installOwnNode(place, signal);
      return node.isNew
        ? { state: "done", detail: `Node ${node.version} copied, ${node.source}.` }
        : { state: "skipped", detail: `Node ${node.version} is there.` };
    })) ??
    (platform === "darwin" ? await steps.run("screen", undefined, () => installScreen(place)) : undefined) ??
    (await steps.run("agent", await noticeOf(plan), () =>
      bringAbout({ ...plan, version: `${bundle.name}+${node?.version}-${node?.sha256.slice(0, 12)}` }, place, bundle),
    )) ??
    (await steps.run("start", undefined, async () => {
      const found = await bringUp(home, jobOf(place, "helper").unit, supervisorOf(platform, machine));
      if (found.state === "failed") return found;
      up = found;
      return startedWords(found);
    })) ??
    (await steps.run("handshake", undefined, () => handshake(bundle, up))) ??
    (await steps.run("tick", undefined, () => setTick(place))) ??
    (await steps.run("clean-up", undefined, async () => {
      const removed = await removeBundles(home, bundle.name);
      return removed.length === 0
        ? { state: "skipped", detail: "There is nothing older." }
        : { state: "done", detail: `Removed ${removed.join(", ")}.` };
    }));
  if (failure !== undefined) return failedResult(failure);
  return { ok: true, version: bundle.version, bundle: bundle.name, home, pid: up?.pid, node: node?.version };
}

/** Without a session systemd enables nothing, so there is no use in copying anything; launchd takes a file for the next login. */
async function refusalOf(place: InstallPlace, steps: Steps): Promise<Failure | undefined> {
  if (place.platform !== "linux") return undefined;
  const state = await supervisorOf(place.platform, place.machine).stateOf(jobOf(place, "helper").unit);
  return isTrouble(state) ? steps.run("agent", undefined, () => Promise.resolve(troubled(state))) : undefined;
}

/** Each write into `~/Library/LaunchAgents` is shown to the person; who reads this is not surprised. */
async function noticeOf({ platform, wanted }: InstallPlan): Promise<string | undefined> {
  if (platform !== "darwin") return undefined;
  const present = await Promise.all(wanted.flatMap(({ files }) => files).map(presentAt));
  return present.every((one) => one === "same") ? undefined : NOTICE;
}

async function bringAbout(plan: InstallPlan, place: InstallPlace, bundle: Bundle): Promise<StepEnd> {
  const isSwitched = await switchCurrent(place.home, bundle.name);
  const { changes, trouble } = await applyPlan(plan, place.machine);
  if (trouble !== undefined) return troubled(trouble);
  const all = [...(isSwitched ? [`helper/current is ${bundle.name} now`] : []), ...changes];
  return all.length === 0
    ? { state: "skipped", detail: "The job is there and as it should be." }
    : { state: "done", detail: `${all.join("; ")}.` };
}

function startedWords({ pid, ended, wasStarted }: Up): StepEnd {
  const before =
    ended === undefined
      ? ""
      : ` The helper that was started by hand${ended === 0 ? "" : ` (${ended})`} has ended; its open turns go on.`;
  const detail = `The helper runs as process ${pid}.${before}`;
  return { state: wasStarted || ended !== undefined ? "done" : "skipped", detail };
}

function handshake(bundle: Bundle, up: Up | undefined): Promise<StepEnd> {
  if (up?.version === bundle.version) {
    return Promise.resolve({ state: "done", detail: `It answers as version ${up.version}.` });
  }
  const words = `The helper that answers is version ${up?.version}, and ${bundle.version} was installed. Stop it and try again: loopd helper stop && loopd helper install`;
  return Promise.reject(new LoopdError("install-failed", words));
}

/** The routines are the helper's, so it is asked. */
async function setTick(place: InstallPlace): Promise<StepEnd> {
  const reached = await reachHelper(place.home, "install");
  if (reached.type !== "connected") {
    throw new LoopdError(
      "helper-unreachable",
      "The helper went away again. Look at: loopd helper logs; then try again.",
    );
  }
  const routines = await allRoutines(reached.connection.request).finally(() => reached.connection.close());
  // As the helper itself sees it (`sync-tick`): paused ones and those that are over need no tick.
  const enabled = routines.filter(({ next }) => next !== undefined);
  const applied = await syncTick(
    place,
    enabled.map(({ trigger }) => trigger),
  );
  if (applied?.trouble !== undefined) return troubled(applied.trouble);
  const changes = applied?.changes ?? [];
  return changes.length === 0
    ? { state: "skipped", detail: "It is as the routines need it." }
    : { state: "done", detail: `${changes.join("; ")}.` };
}
