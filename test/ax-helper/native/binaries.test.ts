import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseMachO } from "./mach-o.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const committed = join(root, "assets/native");
const ARCHITECTURES = ["arm64", "x86_64"] as const;
const programOf = (folder: string, architecture: string) => readFileSync(join(folder, `loopd-screen-${architecture}`));

const FRAMEWORKS = "/System/Library/Frameworks";
/** Which library each import may come from; of libSystem by name, so that a new one is seen in review. */
const ALLOWED: [library: string, symbols: RegExp][] = [
  [`${FRAMEWORKS}/CoreFoundation.framework/Versions/A/CoreFoundation`, /^_k?CF[A-Z]\w+$/],
  [`${FRAMEWORKS}/CoreGraphics.framework/Versions/A/CoreGraphics`, /^_CG(Event|Window|Display|GetDisplays|Rect)\w+$/],
  [`${FRAMEWORKS}/ApplicationServices.framework/Versions/A/ApplicationServices`, /^_k?AX[A-Z]\w+$/],
  [`${FRAMEWORKS}/Carbon.framework/Versions/A/Carbon`, /^_IsSecureEventInputEnabled$/],
  [
    "/usr/lib/libSystem.B.dylib",
    new RegExp(
      `^(${[
        "_(malloc|calloc|realloc|free|mem(cpy|move|set|chr|cmp)|str(len|cmp|str|tod)|snprintf)",
        "_(read|write|access|usleep|getpid|clock_gettime_nsec_np|proc_pidinfo|proc_pidpath|_NSGetExecutablePath)",
        // Only disclaim.c: the one replacement of the process by itself.
        "_(posix_spawn(attr_(init|destroy|setflags))?|dlsym)",
        "___stack_chk_(fail|guard)",
        "dyld_stub_binder",
      ].join("|")})$`,
    ),
  ],
];

function hasLinker(): boolean {
  try {
    execFileSync("clang-14", ["--version"], { stdio: "ignore" });
    execFileSync("ld64.lld-14", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    if (process.env["LOOPD_CI"] === "1") throw new Error("CI must have clang-14 and lld-14 to rebuild loopd-screen.");
    console.warn("The rebuild of loopd-screen is skipped: no clang-14 and lld-14 on this machine.");
    return false;
  }
}

describe.each(ARCHITECTURES)("loopd-screen for %s", (architecture) => {
  const program = parseMachO(programOf(committed, architecture));

  test("is of that architecture, for macOS 13", () => {
    expect(program.architecture).toBe(architecture);
    expect(program.minimumMacOs).toBe("13.0");
  });

  test("is signed ad hoc, and every page is what the signature says", () => {
    expect(program.signature).toMatchObject({
      isAdHoc: true,
      wrongPages: 0,
      identifier: `loopd-screen-${architecture}`,
    });
    expect(program.signature?.codeLimit).toBe(program.signature?.at);
    expect(program.signature?.pages).toBeGreaterThan(10);
  });

  test("carries its Info.plist", () => {
    const plist = readFileSync(join(root, "src/ax-helper/native/Info.plist"));
    expect(program.sections.get("__TEXT,__info_plist")?.equals(plist)).toBe(true);
    expect(plist.toString()).toContain("<key>CFBundleIdentifier</key><string>dev.loopd.screen</string>");
  });

  test("imports what it needs and nothing else", () => {
    expect(program.libraries.toSorted()).toEqual(ALLOWED.map(([library]) => library).toSorted());
    for (const { symbol, library } of program.imports) {
      const allowed = ALLOWED.find(([name]) => name === library)?.[1];
      expect(allowed?.test(symbol), `${symbol} of ${library}`).toBe(true);
    }
    expect(program.imports.length).toBeGreaterThan(60);
  });

  test("names nothing of the machine it was built on", () => {
    expect(programOf(committed, architecture).toString("latin1")).not.toMatch(/\/(tmp|root|home|work|Users)\//);
  });
});

test("a changed byte is found by the page hashes", () => {
  const changed = Buffer.from(programOf(committed, "arm64"));
  changed.writeUInt8(changed.readUInt8(20_000) ^ 1, 20_000);
  expect(parseMachO(changed).signature?.wrongPages).toBe(1);
});

test("the sums are those of the programs", () => {
  const sums = ARCHITECTURES.map((architecture) => {
    const sum = createHash("sha256").update(programOf(committed, architecture)).digest("hex");
    return `${sum}  loopd-screen-${architecture}\n`;
  });
  expect(readFileSync(join(committed, "SHA256SUMS"), "utf8")).toBe(sums.join(""));
});

test.skipIf(!hasLinker())("the sources build to the very same bytes", () => {
  const out = mkdtempSync(join(tmpdir(), "loopd-rebuilt-"));
  try {
    execFileSync(process.execPath, [join(root, "scripts/build-native.mjs"), "--out", out]);
    for (const architecture of ARCHITECTURES) {
      const isSame = programOf(out, architecture).equals(programOf(committed, architecture));
      expect(isSame, "run scripts/build-native.mjs and commit assets/native").toBe(true);
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
