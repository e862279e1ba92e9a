import stringWidth from "fast-string-width";

/** One line at the bottom of a terminal that is rewritten in place. */
export interface StatusLine {
  /** What to show from now on, redrawn several times a second. */
  show(text: () => string): void;
  /** Takes the line away, until the next `show`, so that something else can be printed. */
  clear(): void;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 120;
const ERASE_LINE = "\r\u001b[2K";

/** A status line on a terminal. Nothing is drawn while it is cleared, and its timer keeps no process alive. */
export function statusLine(stream: NodeJS.WriteStream): StatusLine {
  let content: (() => string) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let frame = 0;
  const draw = () => {
    if (content === undefined) return;
    const widest = Math.max(10, (stream.columns || 80) - 4);
    let text = content();
    while (stringWidth(text) > widest) text = text.slice(0, -1);
    stream.write(`${ERASE_LINE}${FRAMES[frame % FRAMES.length]} ${text}`);
  };
  return {
    show(text) {
      content = text;
      // The clock draws what has changed since; only a line that is not there is drawn at once.
      if (timer === undefined) draw();
      timer ??= setInterval(() => {
        frame++;
        draw();
      }, FRAME_MS).unref();
    },
    clear() {
      if (content !== undefined) stream.write(ERASE_LINE);
      content = undefined;
      clearInterval(timer);
      timer = undefined;
    },
  };
}
