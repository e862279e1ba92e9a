import type { SpooledOutput } from "../runner/output-spool.ts";
import type { ProcessEnd } from "../runner/run-process.ts";
import type { SandboxReport } from "../sandbox/sandbox.ts";
import { visibleName } from "../visible-text.ts";

/** What programs say when they may not write somewhere, or may not open a Unix socket. */
const REFUSED = /read-only file system|\bEROFS\b|operation not permitted|\bEPERM\b/i;
const MOST_HOSTS = 5;

/** What a model should know when the sandbox may be why its command failed: how to ask for more. */
export function sandboxHints(options: {
  end: Extract<ProcessEnd, { type: "ended" }>;
  output: SpooledOutput;
  report: SandboxReport;
  /** Whether it could write in the workspace. */
  isWritable: boolean;
  /** How many places rules close to its reading. */
  hidden: number;
}): string[] {
  const { end, output, report, isWritable, hidden } = options;
  const hosts = report.refusedHosts.slice(0, MOST_HOSTS).map((host) => visibleName(host.replace(/:(?:80|443)$/, "")));
  const hints: string[] = [];
  if (hidden > 0) {
    hints.push(`rules close ${hidden} ${hidden === 1 ? "place to it, which looks" : "places to it, which look"} empty`);
  }
  if (hosts.length > 0) {
    const wanted = JSON.stringify([...new Set(hosts)]);
    hints.push(
      `the sandbox let it reach none of ${hosts.join(", ")}; to ask for that, call again with "domains": ${wanted}`,
    );
  }
  const text = Buffer.concat([output.head, output.tail]).toString("latin1");
  if (end.code !== 0 && REFUSED.test(text)) {
    const places = isWritable
      ? "only the workspace and $TMPDIR"
      : "only $TMPDIR, since the workspace holds the home folder,";
    hints.push(
      `the sandbox lets it write ${places} and open no Unix sockets; to ask for more, call again with "outside": true`,
    );
  }
  return hints;
}
