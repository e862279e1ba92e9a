import { text } from "node:stream/consumers";
import { schemaProblem, schemaVerdict } from "../../src/agent/hooks/check-schema.ts";
import type { HookAnswer } from "../../src/protocol/hooks.ts";

/*
 * A program of its own: reads {schema, answer} from standard input and prints a validator's answer. A pattern that takes
 * for ever, or a schema without end, costs this process, which is killed at the hook's limit.
 */

interface Question {
  schema: { [key: string]: unknown };
  answer?: string;
  /** Only whether the schema can be used. */
  isSchemaOnly?: boolean;
}

function verdictOn({ schema, answer = "", isSchemaOnly }: Question): HookAnswer<"answer"> {
  if (isSchemaOnly !== true) return schemaVerdict(schema, answer);
  const problem = schemaProblem(schema);
  return problem === undefined ? {} : { verdict: "fail", text: problem };
}

const question = JSON.parse(await text(process.stdin)) as Question;
process.stdout.write(JSON.stringify(verdictOn(question)));
