import type { Command } from "./command.ts";
import type { LaunchRequest, Start, Surroundings } from "./messages.ts";
import type { Seat } from "./seat.ts";
import type { Storage } from "./storage.ts";

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
  /** Presses a button by its title. */
  press(title: string): void;
}
