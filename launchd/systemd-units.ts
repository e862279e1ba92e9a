import { EXIT_SECONDS, type Job, JOB_MARK, RESTART_SECONDS } from "./job.ts";
import { commandLine, plainValue, quotedWord } from "./unit-text.ts";

/** Parts of the `[Service]` section that every unit of ours has. */
function serviceOf({ label, command, environment, errorLog }: Job): string[] {
  const variables = Object.entries({ ...environment, [JOB_MARK]: label });
  return [
    `ExecStart=${commandLine(command)}`,
    ...variables.map(([name, value]) => `Environment=${quotedWord(`${name}=${value}`)}`),
    "WorkingDirectory=/",
    `StandardError=append:${plainValue(errorLog)}`,
    "UMask=0077",
  ];
}

function unit(sections: Readonly<Record<string, readonly string[]>>): string {
  const parts = Object.entries(sections).map(([name, lines]) => [`[${name}]`, ...lines, ""].join("\n"));
  return parts.join("\n");
}

/** The unit that runs the helper from login on; the same promises as the agent on macOS (`helperAgent`). */
export function helperUnit(job: Job): string {
  return unit({
    Unit: [`Description=${plainValue(job.description)}`, "StartLimitIntervalSec=0"],
    Service: [
      ...serviceOf(job),
      "Restart=on-failure",
      `RestartSec=${RESTART_SECONDS}`,
      `TimeoutStopSec=${EXIT_SECONDS}`,
      "KillMode=mixed",
    ],
    Install: ["WantedBy=default.target"],
  });
}

/** The unit that the timer starts, or that does one thing once. */
export function onceUnit(job: Job): string {
  return unit({
    Unit: [`Description=${plainValue(job.description)}`],
    Service: serviceOf(job),
  });
}

/** The timer that starts the tick when a routine is due, and at once when that was missed while the machine was off. */
export function tickTimer(job: Job, lines: readonly string[]): string {
  return unit({
    Unit: [`Description=${plainValue(job.description)}`],
    Timer: [...lines.map((line) => `OnCalendar=${line}`), "AccuracySec=1s", "Persistent=true"],
    Install: ["WantedBy=timers.target"],
  });
}
