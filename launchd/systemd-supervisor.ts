import type { WantedJob } from "./install-plan.ts";
import { type Answer, type Machine, runSystemProgram } from "./machine.ts";
import type { JobState, Supervisor, Trouble } from "./supervisor.ts";

const PROPERTIES = "LoadState,ActiveState,UnitFileState,MainPID,FragmentPath,ExecMainStatus,Result";

/** systemd of the person who is logged in, through `systemctl --user`. */
export function systemdSupervisor(machine: Machine): Supervisor {
  const runtime = machine.environment.XDG_RUNTIME_DIR ?? `/run/user/${machine.uid}`;
  const within = { ...machine, environment: { ...machine.environment, XDG_RUNTIME_DIR: runtime } };
  const systemctl = (...words: string[]): Promise<Answer> =>
    runSystemProgram(within, "/usr/bin/systemctl", ["--user", "--no-pager", ...words]);

  const done = async (unit: string, ...words: string[]): Promise<Trouble | undefined> => {
    const answer = await systemctl(...words, unit);
    return answer.code === 0 ? undefined : troubleOf(answer, words.join(" "), unit);
  };

  const load = async ({ unit, role }: WantedJob): Promise<Trouble | undefined> => {
    await systemctl("daemon-reload");
    if (role === "hand-off") return done(unit, "restart", "--no-block");
    return (await done(unit, "enable")) ?? (await done(unit, "restart"));
  };

  return {
    async stateOf(unit) {
      const answer = await systemctl("show", `--property=${PROPERTIES}`, unit);
      return answer.code === 0 ? parseShown(answer.out) : troubleOf(answer, "show", unit);
    },
    load,
    async unload(unit, until) {
      const words = until === "for-now" ? ["stop"] : ["disable", "--now"];
      const answer = await systemctl(...words, unit);
      const isMissing = /not loaded|does not exist|not found/i.test(answer.err);
      return answer.code === 0 || isMissing ? undefined : troubleOf(answer, words.join(" "), unit);
    },
    restart: (unit) => done(unit, "restart"),
    start: (unit) => done(unit, "start"),
    filesChanged: async () => void (await systemctl("daemon-reload")),
  };
}

function troubleOf({ code, err, out }: Answer, verb: string, unit: string): Trouble {
  const said = (err.trim() || out.trim()).slice(0, 500);
  if (/failed to connect|no medium found|no such file or directory.*bus|operation not permitted|ENOENT/i.test(said)) {
    return {
      reason: "no-session",
      words: `systemctl --user cannot be used here (${said}), so nothing can keep the helper alive: this user has no session of systemd.`,
      mend: "log in as this user, or keep its session for good: loginctl enable-linger; then: loopd helper install. Or do without: loopd helper start",
      code,
    };
  }
  if (/masked/i.test(said)) return switchedOff(unit);
  return {
    reason: "refused",
    words: `systemctl --user ${verb} ${unit} ended with ${code}: ${said || "without a word"}.`,
    mend: `systemctl --user status ${unit}; journalctl --user --unit ${unit} --lines 20`,
    code,
  };
}

/** The person has masked or disabled the unit. */
export function switchedOff(unit: string): Trouble {
  return {
    reason: "switched-off",
    words: `${unit} is switched off (systemctl --user mask, or disable). loopd left it so and changed nothing.`,
    mend: `systemctl --user unmask ${unit}; systemctl --user enable --now ${unit}`,
  };
}

function parseShown(text: string): JobState {
  const values = new Map(text.split("\n").map((line) => [line.split("=", 1)[0], line.slice(line.indexOf("=") + 1)]));
  const pid = Number(values.get("MainPID"));
  const active = values.get("ActiveState") ?? "";
  const unitFile = values.get("UnitFileState") ?? "";
  const isMasked = values.get("LoadState") === "masked" || unitFile.startsWith("masked");
  const file = values.get("FragmentPath");
  const status = values.get("ExecMainStatus");
  return {
    isLoaded: ["active", "activating", "reloading", "deactivating"].includes(active),
    isEnding: active === "deactivating",
    isAllowed: isMasked ? "never" : unitFile === "disabled" ? "no" : "yes",
    ...(Number.isInteger(pid) && pid > 0 ? { pid } : {}),
    ...(file ? { file } : {}),
    ...(status === undefined || status === "" ? {} : { lastExit: status }),
  };
}
