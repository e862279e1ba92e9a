export { default } from "./commands/search-sessions.tsx";
