import { describeAgreement } from "../support/access-property";

describeAgreement(88);
