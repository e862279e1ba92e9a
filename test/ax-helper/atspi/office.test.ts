import { describe, expect, test } from "vitest";
import { isSkipped, openDesktop } from "./open-desktop.ts";

const isLong = process.env["LOOPD_APPS"] === "long";

describe.skipIf(!isLong || isSkipped("localc"))("an office", () => {
  test("of a sheet of 2^31-1 cells those on view are read, a cell is written and computed", async () => {
    const desktop = await openDesktop();
    const profile = `-env:UserInstallation=file://${desktop.folder}/office`;
    await desktop.open("localc", profile, "--nologo", "--norestore", "--nofirststartwizard");
    const screen = await desktop.read("soffice", ({ all }) =>
      all.some(({ role, name }) => role === "table cell" && name === "A1"),
    );
    expect(screen.nodes).toBeLessThan(3_000);
    const sheet = screen.find("table");
    expect(sheet.more).toBeGreaterThan(1_000_000);
    const [first, second] = [screen.find("table cell", "A1"), screen.find("table cell", "B2")];
    const [formula, words] = [
      await desktop.act(first, { action: "set", value: "=6*7" }),
      await desktop.act(second, { action: "set", value: "héllo" }),
    ];
    expect(formula).toMatchObject({ outcome: "done", note: 'It holds "42".' });
    expect(words).toMatchObject({ outcome: "done", verified: true });
    const after = await desktop.read("soffice", ({ all }) =>
      all.some(({ name, text }) => name === "B2" && text === "héllo"),
    );
    expect(after.find("table cell", "A1").text).toBe("42");
  });
});
