declare module "pino-roll" {
  import type { EventEmitter } from "node:events";
  import type { DestinationStream } from "pino";

  /** The options of pino-roll 4 that we use; the package brings no types of its own. */
  interface RollOptions {
    file: string;
    extension: string;
    /** `5m`: five megabytes. */
    size: string;
    limit: { count: number };
    mkdir: boolean;
    sync: boolean;
  }
  export default function build(options: RollOptions): Promise<DestinationStream & EventEmitter>;
}
