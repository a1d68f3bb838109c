export { type KnownRequest, refusalOf } from "../aws/requests";
