export { default } from "./commands/set-up-helper.tsx";
