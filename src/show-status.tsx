export { default } from "./commands/show-status.tsx";
