import type { Rule } from "../rule";
import { judgeWorkgroup } from "./athena-callers";

/** Whether queries can be run by those who are let run them. */
export const ATHENA_WIRING: readonly Rule[] = [
  {
    id: "WIRE-ATH-01",
    title: "Who queries through a workgroup may write its results, and read them",
    severity: "high",
    level: "error",
    types: ["aws_athena_workgroup"],
    sources: [
      "https://docs.aws.amazon.com/athena/latest/ug/troubleshooting-athena.html",
      "https://docs.aws.amazon.com/athena/latest/ug/security-iam-awsmanpol.html",
      "https://docs.aws.amazon.com/athena/latest/ug/encryption.html",
      "https://docs.aws.amazon.com/athena/latest/ug/lf-athena-user-permissions.html",
    ],
    remedy: "let the role use the workgroup, its results and their key; of one that is not ours, have an output say so",
    judge: judgeWorkgroup,
  },
];
