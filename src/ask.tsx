export { default } from "./commands/ask.tsx";
