import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createBlobs } from "../../../helper-daemon/store/blobs.ts";
import { script, startModelServer } from "../../fakes/model-server.ts";
import { ask } from "./ask-endpoint.ts";

test("an image goes out as its bytes; one that cannot be sent is a word in its place", async () => {
  const folder = mkdtempSync(join(tmpdir(), "loopd-images-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const server = await startModelServer(script().says("seen"));
  onTestFinished(() => server.close());
  const blobs = createBlobs(folder);
  const [small, large] = await Promise.all([
    blobs.save(Buffer.from("png bytes")),
    blobs.save(Buffer.alloc(6 * 1024 * 1024)),
  ]);
  const image = (blob: string, mediaType = "image/png") => ({ type: "image" as const, mediaType, blob });
  const content = [image(small), image(large), image("0".repeat(64)), image(small, "image/tiff")];
  const { reply } = await ask({
    url: server.url,
    request: { messages: [{ role: "user", content }] },
    readBlob: blobs.read,
  });
  expect(reply).toMatchObject({ type: "responded" });
  const { messages } = server.requests[0]?.body as { messages: { content: unknown[] }[] };
  const data = Buffer.from("png bytes").toString("base64");
  expect(messages[0]?.content).toEqual([
    { type: "image", source: { type: "base64", media_type: "image/png", data } },
    { type: "text", text: "[an image (image/png) that cannot be shown]" },
    { type: "text", text: "[an image (image/png) that cannot be shown]" },
    { type: "text", text: "[an image (image/tiff) that cannot be shown]" },
  ]);
});
