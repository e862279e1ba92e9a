import { type FixtureFileResponse, type FixtureOpts, type JournalEntry, LLMock } from "@copilotkit/aimock";
import { onTestFinished } from "vitest";

/** One answer of the mock, and what goes wrong while it is given: it is cut after some chunks, or never given at all. */
export interface MockAnswer {
  response: FixtureFileResponse;
  trouble?: Pick<FixtureOpts, "truncateAfterChunks" | "latency" | "chaos">;
}

/** A model server that somebody else has written: `@copilotkit/aimock`, speaking both dialects. */
export interface Aimock {
  /** Address for an endpoint profile. */
  url: string;
  /** What it was asked so far, oldest first, in its own form: a Messages request is turned into a chat completion. */
  asked(): JournalEntry[];
}

/**
 * Starts it on a free port with one answer per request, for the test that runs. Strict: what it does not know, and
 * thinking that does not come back as the Messages API wants it, is refused.
 */
export async function startAimock(answers: readonly MockAnswer[]): Promise<Aimock> {
  const mock = new LLMock({ port: 0, host: "127.0.0.1", strict: true, chunkSize: 7 });
  for (const [index, { response, trouble = {} }] of answers.entries()) {
    mock.on({ sequenceIndex: index }, response, trouble);
  }
  await mock.start();
  onTestFinished(() => mock.stop());
  return { url: mock.url, asked: () => mock.getRequests() };
}

/** The messages of a request, each as the bytes of its JSON. */
export function messagesOf({ body }: JournalEntry): string[] {
  const { messages = [] } = (body ?? {}) as { messages?: readonly object[] };
  return messages.map((message) => JSON.stringify(message));
}
