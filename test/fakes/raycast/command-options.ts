import type { Command } from "./command.ts";
import type { ShownToast } from "./feedback.ts";
import type { LaunchRequest, Overlays, Start, Surroundings } from "./messages.ts";
import type { Seat } from "./seat.ts";
import type { Storage } from "./storage.ts";
import type { View } from "./view.ts";

/** What a command needs of the world around it. */
export interface CommandOptions {
  name: string;
  mode: Start["mode"];
  storage: Storage;
  surroundings: Surroundings;
  /** Where it runs. Raycast runs a menu bar command anew each time its menu is opened. */
  seat(): Seat;
  start(launchType: string, clipboard: unknown): Start;
  /** Launches another command of the extension. */
  launch(request: LaunchRequest): Command;
  /** What a deeplink asks for, if it is one of this extension. */
  readDeeplink(target: string): LaunchRequest | undefined;
  onClose(command: Command): void;
}

/** An alert that waits for the person. */
export interface OpenAlert {
  title: string;
  message?: string | undefined;
  /** Style of its first button, such as destructive. */
  style?: string | undefined;
  /** Titles of its buttons, the first one first. */
  buttons: readonly [string, string];
  /** Presses a button by its title. */
  press(title: string): void;
}

/** An alert with buttons that can be pressed; pressing one that it does not have is a mistake of the test. */
export function openAlert(alert: Overlays["alert"], press: (button: string) => void): OpenAlert | undefined {
  if (alert === undefined) return undefined;
  const { title, message, style, buttons } = alert;
  const pressOne = (button: string) => {
    if (!buttons.includes(button))
      throw new Error(`The alert has ${buttons.map((each) => `"${each}"`).join(" and ")}, not "${button}".`);
    press(button);
  };
  return { title, message, style, buttons, press: pressOne };
}

/** A window as it is at one moment. */
export interface Scene {
  view: View;
  /** Views on the stack. */
  depth: number;
  /** The selected item of a list. */
  selected: View | undefined;
  /** What stands in the search bar. */
  typed: string;
  toast: ShownToast | undefined;
  alert: OpenAlert | undefined;
}
