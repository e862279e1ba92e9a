// Draws docs/pictures/ask.svg from what the real program prints in a small demonstration folder.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const program = join(root, "assets", "helper", "loopd.mjs");
const folder = mkdtempSync(join(tmpdir(), "loopd-pictures-"));
const workspace = join(folder, "holiday");
mkdirSync(join(workspace, "photos"), { recursive: true });
writeFileSync(join(workspace, "photos", "harbour.jpg"), Buffer.alloc(2_400_000));
writeFileSync(join(workspace, "photos", "market.jpg"), Buffer.alloc(1_900_000));
writeFileSync(join(workspace, "packing.md"), "# Packing\n\n- passport\n");

const COLOURS = { prompt: "#7dd3a8", text: "#e6e6e6", quiet: "#8b93a1", bold: "#ffffff" };
const lines = [];

/** Runs the program and keeps what a person would see: the command, the progress, the answer. */
function show(...args) {
  const environment = { ...process.env, LOOPD_HOME: join(folder, "home"), NO_COLOR: "1" };
  delete environment.npm_lifecycle_event;
  const { stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: workspace,
    env: environment,
    encoding: "utf8",
  });
  const words = args.map((word) => (/^[\w-]+$/.test(word) ? word : `"${word}"`)).join(" ");
  lines.push({ text: `$ loopd ${words}`, colour: COLOURS.prompt });
  const isHint = (line) => line.includes("endpoints add") || line.startsWith("  Answer from");
  for (const line of stderr.trim().split("\n")) if (!isHint(line)) lines.push({ text: line, colour: COLOURS.quiet });
  for (const line of stdout.trim().split("\n")) {
    if (isHint(line)) continue;
    const isBold = line.startsWith("**");
    lines.push({ text: line.replaceAll("**", "").replaceAll("`", ""), colour: isBold ? COLOURS.bold : COLOURS.text });
  }
  lines.push({ text: "", colour: COLOURS.text });
}

show("ask", "Which files under this folder are the largest?");
show("ask", "--no-wait", "run date");
spawnSync(process.execPath, [program, "helper", "stop"], { env: { ...process.env, LOOPD_HOME: join(folder, "home") } });
rmSync(folder, { recursive: true, force: true });

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const shown = lines
  .map(({ text, colour }) => ({ colour, text: text.replaceAll(workspace, "~/holiday").replaceAll(folder, "~") }))
  .map(({ text, colour }) => ({ colour, text: text.length > 104 ? `${text.slice(0, 103)}…` : text }));
const height = 58 + shown.length * 18;
const rows = shown
  .map(
    ({ text, colour }, index) =>
      `<text x="20" y="${58 + index * 18}" fill="${colour}" xml:space="preserve">${escape(text)}</text>`,
  )
  .join("\n");
writeFileSync(
  join(root, "docs", "pictures", "ask.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg" width="880" height="${height}" viewBox="0 0 880 ${height}" font-family="ui-monospace, SFMono-Regular, Menlo, monospace" font-size="13">
<rect width="880" height="${height}" rx="10" fill="#1c2028"/>
<circle cx="22" cy="20" r="6" fill="#ff5f57"/><circle cx="42" cy="20" r="6" fill="#febc2e"/><circle cx="62" cy="20" r="6" fill="#28c840"/>
${rows}
</svg>
`,
);
