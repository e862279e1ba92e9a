export { default } from "./commands/manage-routines.tsx";
