// A process of its own: sends every line of JSON back. The least that a socket round trip can cost.
import { createServer } from "node:net";

const path = process.argv[2];
const server = createServer((socket) => {
  let rest = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) socket.write(`${JSON.stringify(JSON.parse(line))}\n`);
  });
});
process.on("disconnect", () => process.exit(0));
server.listen(path, () => process.send?.("listening"));
