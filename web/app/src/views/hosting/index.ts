/** What only those who moderate see: loaded when one of them opens it. */
export { HostSheet } from "./HostSheet.tsx";
export { PersonActs } from "./PersonActs.tsx";
