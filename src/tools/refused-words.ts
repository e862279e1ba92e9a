import { type ErrorCode, LoopdError } from "../protocol/errors.ts";

/** What a method answers, or the words of an error with one of the codes, which a model should read. @throws all others */
export async function refusedWords<T>(answer: Promise<T>, codes: readonly ErrorCode[]): Promise<T | string> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof LoopdError && codes.includes(thrown.code)) return thrown.message;
    throw thrown;
  }
}
