export { default } from "./commands/review-approvals.tsx";
