export { default } from "./commands/ask-about-selection.tsx";
