import { describeAgreement } from "../support/access-property";

describeAgreement(8);
