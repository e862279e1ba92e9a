import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { ScreenView } from "../src/ax-helper/tree/screen-view.ts";
import { LoopdError } from "../src/protocol/errors.ts";
import type { ParsedParamsOf, ResultOf } from "../src/protocol/requests.ts";
import { type CapturedWindow, MAX_CAPTURE_BYTES, parseCapture } from "../src/protocol/screen.ts";

const unpack = promisify(gunzip);

/** @throws LoopdError `invalid-params` for what is no capture, naming what was expected. */
async function captureOf(packed: string): Promise<CapturedWindow> {
  const text = await unpack(Buffer.from(packed, "base64"), { maxOutputLength: MAX_CAPTURE_BYTES }).catch(
    (cause: unknown) => {
      throw noCapture(`it is no gzip, or larger than ${MAX_CAPTURE_BYTES} bytes`, cause);
    },
  );
  const capture = parseCapture(json(text.toString("utf8")));
  if ("problem" in capture) throw noCapture(capture.problem);
  return capture;
}

function noCapture(why: string, cause?: unknown): LoopdError {
  return new LoopdError("invalid-params", `This is no capture of a window: ${why}. Nothing was shown.`, { cause });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw noCapture("it is not JSON", cause);
  }
}

/** What a model would see of a captured window. */
export async function renderFile(params: ParsedParamsOf<"screen.render">): Promise<ResultOf<"screen.render">> {
  return new ScreenView().look(await captureOf(params.capture), params.budget).screen;
}

/** What a model would see of the second of two captures after the first. */
export async function diffFiles(params: ParsedParamsOf<"screen.diff">): Promise<ResultOf<"screen.diff">> {
  const view = new ScreenView();
  view.look(await captureOf(params.before), params.budget);
  const { screen, diff, isFull } = view.look(await captureOf(params.after), params.budget);
  return { ...screen, diff: diff === "" ? screen.text : diff, full: isFull };
}
