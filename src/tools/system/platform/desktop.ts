/** A program that does one thing on this desktop. */
export interface DesktopCommand {
  /** Looked for on the PATH. */
  program: string;
  /** Where it is if the PATH does not name that folder. */
  folder?: string;
  /** Words for the program; none of them is ever read by a shell. */
  args: readonly string[];
  /** What it reads from standard input. */
  input?: string;
  /** It, or what it starts, is meant to go on after the call. */
  stays?: true;
}

/** An application that a person could open. */
export interface DesktopApp {
  name: string;
  /** What the platform calls it. */
  id: string;
}

/** Runs a program and resolves with the text that it wrote; empty where it is missing or fails. */
export type Ask = (command: DesktopCommand) => Promise<string>;

/** Left, top, width and height in points of the screen. */
export type Rect = readonly [number, number, number, number];

/** What a person may have to permit, outside of loopd. */
export const permissions = ["files", "notifications", "automation", "accessibility", "screen"] as const;
export type Permission = (typeof permissions)[number];

/**
 * One kind of desktop. Where it offers several commands for one thing, the first one that is installed is used. Nothing
 * here runs anything but `apps` and `running`, which only look.
 */
export interface Desktop {
  /** Variables that its programs need besides those of any child. */
  variables: Readonly<Record<string, string>>;
  /** What to install where a program is missing, by the program. */
  packages: Readonly<Record<string, string>>;
  openUrl(url: string): readonly DesktopCommand[];
  readClipboard(): readonly DesktopCommand[];
  writeClipboard(text: string): readonly DesktopCommand[];
  notify(title: string, text: string): readonly DesktopCommand[];
  speak(text: string, voice: string | undefined): readonly DesktopCommand[];
  /** Every application that is installed, in alphabetical order. */
  apps(): Promise<DesktopApp[]>;
  /** The ids of those that run now, as far as that can be told. */
  running(ask: Ask, apps: readonly DesktopApp[]): Promise<ReadonlySet<string>>;
  /** `target`: the absolute path or the address that it is to open. */
  openApp(app: DesktopApp, target: string | undefined): readonly DesktopCommand[];
  /** Takes a picture of a part of the screen into a file of this name, as PNG. */
  takePicture(rect: Rect, file: string): readonly DesktopCommand[];
  /** Makes the picture in a file smaller where a side is longer than so many pixels. */
  shrinkPicture(file: string, longest: number): readonly DesktopCommand[];
  /** Opens the place where a person gives a permission; none where the desktop has no such place. */
  openSettings(permission: Permission): readonly DesktopCommand[];
}
