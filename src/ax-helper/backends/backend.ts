import type { Problem } from "../problem.ts";
import type { ScreenRequest } from "../requests.ts";

/**
 * Reads and operates the windows of one platform. There is one per screen process, asked one thing at a time. Looking
 * never raises or focuses a window, never reads a secure field, and counts what a limit left out (`more`); acting checks
 * role and name of the element right before, and never repeats what was not confirmed.
 *
 * All backends capture the same shape (`CapturedWindow` of the protocol), so the pipeline in `tree/` is shared.
 */
export interface Backend {
  /**
   * The answer to a request, of the shape in `screenAnswers`. Everything expected to fail is a problem: no bus, no trust,
   * no window, a program that hangs or ends, an element that is stale. It may wait as long as the request's limits say.
   */
  answer(request: ScreenRequest): Promise<object | Problem>;
  /** Lets go of what it holds; nothing is asked afterwards. */
  close(): void;
}
