// Cross-builds loopd-screen for both Mac architectures with clang-14 and lld-14 (Debian), no SDK, reproducibly.
//   node scripts/build-native.mjs [--out FOLDER]     default: assets/native
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({ options: { out: { type: "string", default: join(root, "assets", "native") } } });
const source = join(root, "src", "ax-helper", "native");
/** The oldest macOS it starts on. */
const MINIMUM = "13.0";
const COMPILE = ["-std=c11", "-Os", "-ffreestanding", "-fstack-protector-strong", "-Wall", "-Wextra", "-Werror"];
const LIBRARIES = ["libSystem", "CoreFoundation", "CoreGraphics", "ApplicationServices", "Carbon"];

mkdirSync(values.out, { recursive: true });
const objects = mkdtempSync(join(tmpdir(), "loopd-native-"));
const sums = [];
try {
  for (const arch of ["arm64", "x86_64"]) {
    const files = readdirSync(source)
      .filter((name) => name.endsWith(".c"))
      .sort()
      .map((name) => {
        const object = join(objects, `${arch}-${name}.o`);
        // Names relative to the sources: no path of this machine gets into the program.
        const run = { cwd: source, stdio: "inherit" };
        execFileSync("clang-14", [`--target=${arch}-apple-macos13`, ...COMPILE, "-c", name, "-o", object], run);
        return object;
      });
    const program = `loopd-screen-${arch}`;
    const out = join(values.out, program);
    const link = [
      "-arch",
      arch,
      "-platform_version",
      "macos",
      MINIMUM,
      MINIMUM,
      "-adhoc_codesign",
      "-dead_strip",
      "-S",
    ];
    const plist = ["-sectcreate", "__TEXT", "__info_plist", "Info.plist"];
    const libraries = LIBRARIES.map((name) => join("tbd", `${name}.tbd`));
    execFileSync("ld64.lld-14", [...link, "-e", "_main", "-o", out, ...plist, ...files, ...libraries], {
      cwd: source,
      stdio: "inherit",
    });
    sums.push(`${createHash("sha256").update(readFileSync(out)).digest("hex")}  ${program}\n`);
  }
} finally {
  rmSync(objects, { recursive: true, force: true });
}
writeFileSync(join(values.out, "SHA256SUMS"), sums.join(""));
