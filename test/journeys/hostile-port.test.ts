import { createServer, type Server } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { removeFolder, startHelper, temporaryFolder, witness } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { script, startModelServer } from "../fakes/model-server.ts";
import { dataOf } from "./hostile-world.ts";

/** Where model runtimes usually listen. */
const USUAL_PORTS = [11434, 1234, 8080, 8000, 8081, 5000, 8888];

/** Something else listens on a port; it counts who comes. Undefined where the port is taken already. */
async function squatter(port: number): Promise<{ visits: () => number } | undefined> {
  let visits = 0;
  const server: Server = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  const isListening = await new Promise<boolean>((done) => {
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => done(true));
  });
  if (!isListening) return undefined;
  onTestFinished(() => void server.close());
  return { visits: () => visits };
}

test("whoever listens on a usual port of a model runtime gets neither a prompt nor a key unasked", async () => {
  const squatters = (await Promise.all(USUAL_PORTS.map(squatter))).filter((one) => one !== undefined);
  expect(squatters.length).toBeGreaterThan(0);
  const helper = await startHelper();
  onTestFinished(async () => {
    await helper.kill();
    removeFolder(helper.home);
  });
  const workspace = temporaryFolder("workspace");
  onTestFinished(() => removeFolder(workspace));
  const face = await witness(helper);
  await face.submit({ input: "hello", workspace });
  expect((await face.untilKind("turn.finished")).data.finish).toBe("done");
  expect(dataOf(face, "turn.started")[0]?.endpoint).toBe("rehearsal");
  await face.connection.request("helper.doctor", {});
  expect(squatters.map(({ visits }) => visits())).toEqual(squatters.map(() => 0));
});

test("an endpoint that sends on to another address takes neither prompt nor key with it", async () => {
  const other = await startModelServer(script().says("got it").repeatLast());
  onTestFinished(() => other.close());
  const headers = { location: `${other.url}/v1/messages` };
  const { face, server } = await journey(script().status(307, { headers }).repeatLast(), {
    key: "sk-to-this-one-alone",
  });
  await face.submit({ input: "a private question" });
  expect((await face.untilKind("turn.finished")).data.finish).toBe("failed");
  expect(server.requests.length).toBeGreaterThan(0);
  expect(other.requests).toEqual([]);
});
