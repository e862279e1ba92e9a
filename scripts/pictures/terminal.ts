import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const COLOURS = { prompt: "#7dd3a8", text: "#e6e6e6", quiet: "#8b93a1", bold: "#ffffff" };
const LONGEST = 104;
type Line = { text: string; colour: string };

/** Draws what the real program prints for a question and for a command that waits, in a folder of a demonstration. */
export function drawTerminal(workspace: string, folder: string, path: string, root: string): void {
  const program = join(root, "assets", "helper", "loopd.mjs");
  const environment: NodeJS.ProcessEnv = { ...process.env, LOOPD_HOME: join(folder, "terminal"), NO_COLOR: "1" };
  delete environment["npm_lifecycle_event"];
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [program, ...args], { cwd: workspace, env: environment, encoding: "utf8" });
  const show = (...args: string[]): Line[] => linesOf(args, run(...args));
  const lines = [
    ...show("ask", "Which files under this folder are the largest?"),
    ...show("ask", "--no-wait", "run date"),
  ];
  run("helper", "stop");
  const shown = lines.map(({ text, colour }) => {
    const own = text.replaceAll(workspace, "~/holiday").replaceAll(folder, "~");
    return { colour, text: own.length > LONGEST ? `${own.slice(0, LONGEST - 1)}…` : own };
  });
  writeFileSync(path, svgOf(shown));
}

/** What a person would see: the command, the progress, the answer. */
function linesOf(args: readonly string[], { stdout, stderr }: { stdout: string; stderr: string }): Line[] {
  const words = args.map((word) => (/^[\w-]+$/.test(word) ? word : `"${word}"`)).join(" ");
  const isHint = (line: string) => line.includes("endpoints add") || line.startsWith("  Answer from");
  const printed = (text: string) =>
    text
      .trim()
      .split("\n")
      .filter((line) => !isHint(line));
  return [
    { text: `$ loopd ${words}`, colour: COLOURS.prompt },
    ...printed(stderr).map((text) => ({ text, colour: COLOURS.quiet })),
    ...printed(stdout).map((line) => ({
      text: line.replaceAll("**", "").replaceAll("`", ""),
      colour: line.startsWith("**") ? COLOURS.bold : COLOURS.text,
    })),
    { text: "", colour: COLOURS.text },
  ];
}

function svgOf(lines: readonly Line[]): string {
  const height = 58 + lines.length * 18;
  const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const rows = lines.map(
    ({ text, colour }, index) =>
      `<text x="20" y="${58 + index * 18}" fill="${colour}" xml:space="preserve">${escape(text)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="880" height="${height}" viewBox="0 0 880 ${height}" font-family="ui-monospace, SFMono-Regular, Menlo, monospace" font-size="13">
<rect width="880" height="${height}" rx="10" fill="#1c2028"/>
<circle cx="22" cy="20" r="6" fill="#ff5f57"/><circle cx="42" cy="20" r="6" fill="#febc2e"/><circle cx="62" cy="20" r="6" fill="#28c840"/>
${rows.join("\n")}
</svg>
`;
}
