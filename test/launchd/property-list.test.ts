import fc from "fast-check";
import { expect, test } from "vitest";
import type { LaunchdKeys } from "../../launchd/launchd-keys.ts";
import { propertyListOf, readPropertyList } from "../../launchd/property-list.ts";
import { hasNoPython, readWithPython } from "./python-plistlib.ts";

const HOSTILE = [
  `<&>"'`,
  "</string>",
  "</string><key>RunAtLoad</key><true/><string>",
  "]]><!-- &amp; <![CDATA[",
  "&lt;&#10;&bogus;",
  "two\nlines",
  "carriage\rreturn and \r\n both",
  "\ttab",
  " blanks at both ends ",
  "",
  "🦊 emoji, ünïcödé, e\u0301, עברית, 日本",
  "${HOME} $(rm -rf ~) `id` %h \\ \\n",
];

const keysWith = (value: string): LaunchdKeys => ({
  Label: "dev.loopd.helper",
  ProgramArguments: [`/${value}`, value],
  EnvironmentVariables: { PATH: value, LOOPD_HOME: `/${value}` },
  WorkingDirectory: `/${value}`,
  StandardErrorPath: `/${value}.log`,
});

test.skipIf(hasNoPython)("an independent parser reads back every hostile value unchanged", () => {
  const meant = HOSTILE.map(keysWith);
  expect(readWithPython(meant.map(propertyListOf))).toEqual(meant);
});

test.skipIf(hasNoPython)("whatever characters a path has, it is written unchanged or refused", () => {
  const written = new Map<string, LaunchdKeys>();
  const anything = fc.string({ unit: "binary", maxLength: 40 });
  fc.assert(
    fc.property(anything, (value) => {
      try {
        written.set(propertyListOf(keysWith(value)), keysWith(value));
      } catch (error) {
        expect(error).toMatchObject({ code: "invalid-params" });
      }
    }),
    { numRuns: 200 },
  );
  expect(written.size).toBeGreaterThan(20);
  expect(readWithPython([...written.keys()])).toEqual([...written.values()]);
});

test.each([
  "\u0000",
  "\u0001",
  "\u001f",
  "\u007f",
  "\u0085",
  "\u2028",
  "\ufffd",
  "\ufffe",
  "\uffff",
  "\ud800",
  "x\udfffy",
])("%j, which no property list can carry, is refused by name", (value) => {
  expect(() => propertyListOf(keysWith(value))).toThrow(
    /ProgramArguments\.0 holds the character U\+[0-9A-F]{4}, which no property list can carry.*Nothing was written/,
  );
});

test("every key is written as what it is, and read back", () => {
  const keys: LaunchdKeys = {
    ...keysWith("x"),
    StandardOutPath: "/out",
    RunAtLoad: true,
    KeepAlive: { SuccessfulExit: false },
    ThrottleInterval: 10,
    ExitTimeOut: 30,
    Umask: 63,
    ProcessType: "Interactive",
    LimitLoadToSessionType: "Aqua",
    StartInterval: 300,
    StartCalendarInterval: [
      { Weekday: 0, Hour: 0, Minute: 0 },
      { Month: 12, Day: 31 },
    ],
  };
  const text = propertyListOf(keys);
  expect(readPropertyList(text)).toEqual(keys);
  expect(text).toContain("<key>Umask</key>\n    <integer>63</integer>");
  expect(text).toContain("<key>SuccessfulExit</key>\n      <false/>");
  const single = { ...keys, StartCalendarInterval: [{ Hour: 9, Minute: 0 }] };
  expect(readPropertyList(propertyListOf(single))).toEqual(single);
});

test.each([
  ["a key that loopd does not write", { UserName: "root" }, /Unrecognized key.*UserName/],
  ["a relative program", { ProgramArguments: ["node"] }, /ProgramArguments\.0 must be an absolute path/],
  ["no program", { ProgramArguments: [] }, /ProgramArguments/],
  ["a label with a slash", { Label: "../../x" }, /Label must be letters/],
  ["a variable that is none", { EnvironmentVariables: { "A=B": "c" } }, /EnvironmentVariables.*/],
  ["an interval without fields", { StartCalendarInterval: [{}] }, /must hold at least one field/],
  ["hour 24", { StartCalendarInterval: [{ Hour: 24 }] }, /StartCalendarInterval\.0\.Hour/],
  ["65 intervals", { StartCalendarInterval: Array.from({ length: 65 }, () => ({ Hour: 1 })) }, /StartCalendarInterval/],
  ["no throttle", { ThrottleInterval: 0 }, /ThrottleInterval/],
  ["a kind of process that there is not", { ProcessType: "Loud" }, /ProcessType/],
])("%s is refused", (_, wrong, words) => {
  const keys = { ...keysWith("x"), ...wrong } as LaunchdKeys;
  expect(() => propertyListOf(keys)).toThrow(words);
});

test("what is no property list of ours is refused, not half read", () => {
  for (const text of ["", "<plist>", "{}", "<plist version='1.0'><string>x</string></plist>", "bplist00"]) {
    expect(() => readPropertyList(text)).toThrow();
  }
});
