import type { Trouble } from "./supervisor.ts";

/** Where a job of a person is, in launchctl's words. */
export function targetOf(uid: number, label: string): string {
  return `gui/${uid}/${label}`;
}

/** Codes of launchctl that matter here: errno values up to 107, then those that `launchctl error` explains. */
export const CODES = {
  noSuchProcess: 3,
  inputOutput: 5,
  inProgress: 36,
  already: 37,
  noSuchDomain: 112,
  noSuchService: 113,
  disabled: 119,
  badPermissions: 122,
  unsupportedDomain: 125,
  undefinedBehaviour: 130,
  wrongSession: 134,
  backgroundPolicy: 161,
} as const;

/** Codes of `launchctl` that say that there is no such job. */
export const GONE: ReadonlySet<number> = new Set([CODES.noSuchProcess, CODES.noSuchService]);
/** Codes that say that nobody is logged in at the screen. */
export const NO_SESSION: ReadonlySet<number> = new Set([
  CODES.noSuchDomain,
  CODES.unsupportedDomain,
  CODES.wrongSession,
]);
/** Codes of `bootstrap` that can be otherwise a moment later: the old job of that name may not be quite gone. */
export const PASSING: ReadonlySet<number> = new Set([
  CODES.noSuchProcess,
  CODES.inputOutput,
  CODES.inProgress,
  CODES.already,
  CODES.undefinedBehaviour,
]);

/** The person switched the job off, in System Settings or by `launchctl disable`; both end up in one list. */
export function switchedOff(uid: number, label: string): Trouble {
  return {
    reason: "switched-off",
    words:
      `${label} is switched off on this Mac (System Settings > General > Login Items & Extensions, or launchctl ` +
      `disable). loopd left it so and changed nothing.`,
    mend: `launchctl enable ${targetOf(uid, label)} && loopd helper install   # or switch it on in System Settings first`,
  };
}

/** launchd has taken the job, and a moment later does not know it. */
export function dropped(uid: number, label: string): Trouble {
  return {
    reason: "blocked",
    words:
      `launchd took ${label} and then dropped it; most likely macOS does not allow it to run in the background. ` +
      `launchctl cannot tell.`,
    mend: `allow loopd in System Settings > General > Login Items & Extensions, then: launchctl print ${targetOf(uid, label)}`,
  };
}

/** What a code of launchctl means for a person who wanted to install loopd, and what to do about it. */
export function explain(code: number, verb: string, uid: number, label: string, said: string): Trouble {
  const refused = (words: string, mend: string): Trouble => ({ reason: "refused", words, mend, code });
  const saying = `launchctl ${verb} ended with ${code}`;
  const target = targetOf(uid, label);
  if (NO_SESSION.has(code)) {
    const who = uid === 0 ? "Root has no such session: do not use sudo. " : "";
    return {
      reason: "no-session",
      words: `${saying}: nobody is logged in at the screen of this Mac as user ${uid}, so launchd runs no agents for it. ${who}What is installed starts at the next login.`,
      mend: "log in at the Mac's own screen (not over SSH, not with sudo), then: loopd helper install",
      code,
    };
  }
  switch (code) {
    case CODES.disabled:
      return { ...switchedOff(uid, label), code };
    case CODES.noSuchProcess:
    case CODES.noSuchService:
      return refused(`${saying}: launchd does not know ${label}.`, "loopd helper install");
    case CODES.inputOutput:
      return refused(
        `${saying} (input/output error): launchd would not take ${label} and does not say why. The file is checked and is in order; left are a folder that others may write to, or a job of that name that is not quite gone.`,
        `launchctl bootout ${target}; loopd helper install; log show --last 2m --predicate 'process == "launchd"' | grep ${label}`,
      );
    case CODES.inProgress:
    case CODES.already:
      return refused(
        `${saying}: launchd is still busy with another ${label}, which does not end.`,
        `launchctl bootout ${target}; sleep 30; loopd helper install`,
      );
    case CODES.badPermissions:
      return refused(
        `${saying}: others may write to the file of ${label}, or own it.`,
        `ls -le ~/Library/LaunchAgents; chmod 755 ~/Library/LaunchAgents; loopd helper install`,
      );
    case CODES.undefinedBehaviour:
      return refused(
        `${saying}: launchd says that it is in a state it knows nothing about. loopd has tried again without success.`,
        "log out and in again, or restart the Mac; then: loopd helper install",
      );
    case CODES.backgroundPolicy:
      return { ...dropped(uid, label), code };
    default:
      return refused(
        `${saying}${said.trim() === "" ? "" : `: ${said.trim().slice(0, 500)}`}.`,
        `launchctl error ${code}; launchctl print ${target}`,
      );
  }
}
