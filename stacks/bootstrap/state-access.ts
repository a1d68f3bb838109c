import type { Environment } from "../../environments/schema";
import type { Conditions, Statement } from "../../modules/iam/policy";
import { accountOf } from "../account-of";
import { type BootstrapNames, bootstrapStackName } from "./names";

/** Where an environment's states are. */
export interface States {
  readonly environment: Environment;
  readonly bucketArn: string;
  readonly keyArn: string;
}

/** Addresses within the bucket: those of layers, those of the bootstrap itself, and the locks beside both. */
function addressesIn(environment: Environment, bucketArn: string) {
  const { name } = environment;
  const folder = `${bucketArn}/${name}`;
  return {
    ofLayers: `${folder}/${name}-*`,
    statesOfLayers: `${folder}/${name}-*/terraform.tfstate`,
    stateOfBootstrap: `${folder}/${bootstrapStackName(environment)}/terraform.tfstate`,
    all: `${folder}/*`,
    locks: `${folder}/*.tflock`,
  };
}

/** Reads states, and locks them meanwhile: what a plan does. */
export function stateReading({ environment, bucketArn, keyArn }: States): Statement[] {
  const { all, locks } = addressesIn(environment, bucketArn);
  return [
    { Sid: "ListStates", Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn },
    { Sid: "ReadStates", Effect: "Allow", Action: "s3:GetObject", Resource: all },
    { Sid: "LockStates", Effect: "Allow", Action: ["s3:DeleteObject", "s3:PutObject"], Resource: locks },
    {
      Sid: "UseKeyState",
      Effect: "Allow",
      // a lock is encrypted as a state is
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: keyArn,
      Condition: throughS3(environment),
    },
  ];
}

/** Writes states of layers; that of the bootstrap is none of a pipeline's business. */
export function stateWriting({ environment, bucketArn }: States): Statement[] {
  const { statesOfLayers } = addressesIn(environment, bucketArn);
  return [{ Sid: "WriteStates", Effect: "Allow", Action: "s3:PutObject", Resource: statesOfLayers }];
}

/** Brings back, mends and deletes states and their versions. */
export function stateMending({ bucketArn }: States): Statement[] {
  return [{ Sid: "MendStates", Effect: "Allow", Action: "s3:*", Resource: [bucketArn, `${bucketArn}/*`] }];
}

/**
 * What the bucket refuses, whatever else allows it.
 *
 * Nothing here is refused to everybody. Who bootstraps is an administrator whom nobody knows by name: to such a one the bucket
 * and the state of the bootstrap stay open, and the states of layers, in which secrets may be, are closed.
 */
export function stateBucketStatements(
  environment: Environment,
  bucketArn: string,
  { roleArns }: BootstrapNames,
): Statement[] {
  const { ofLayers, statesOfLayers, stateOfBootstrap } = addressesIn(environment, bucketArn);
  const { apply, drift, plan, "break-glass": breakGlass } = roleArns;
  const pipelines = [apply, drift, plan];
  const deny = { Effect: "Deny", Principal: "*" } as const;
  return [
    {
      Sid: "DenyStatesToOthers",
      ...deny,
      Action: "s3:*",
      Resource: ofLayers,
      Condition: isNone([...pipelines, breakGlass]),
    },
    {
      Sid: "DenyStateWrites",
      ...deny,
      Action: "s3:PutObject*",
      Resource: statesOfLayers,
      Condition: isNone([apply, breakGlass]),
    },
    {
      Sid: "DenyStateDeletion",
      ...deny,
      Action: "s3:DeleteObject*",
      Resource: `${bucketArn}/*.tfstate`,
      Condition: isNone([breakGlass]),
    },
    {
      Sid: "DenyVersionDeletion",
      ...deny,
      Action: ["s3:DeleteBucket", "s3:DeleteObjectVersion*"],
      Resource: [bucketArn, `${bucketArn}/*`],
      Condition: isNone([breakGlass]),
    },
    {
      Sid: "DenyBootstrapToPipelines",
      ...deny,
      Action: ["s3:DeleteObject*", "s3:PutObject*"],
      Resource: stateOfBootstrap,
      Condition: isOne(pipelines),
    },
    {
      Sid: "DenySettingsToPipelines",
      ...deny,
      Action: ["s3:DeleteBucket*", "s3:Put*"],
      Resource: bucketArn,
      Condition: isOne(pipelines),
    },
  ];
}

// of a session the key holds the ARN of its role; roles that do not exist yet can be named in it
const isNone = (roleArns: readonly string[]): Conditions => ({ ArnNotEquals: { "aws:PrincipalArn": roleArns } });
const isOne = (roleArns: readonly string[]): Conditions => ({ ArnEquals: { "aws:PrincipalArn": roleArns } });

function throughS3(environment: Environment): Conditions {
  const { partition } = accountOf(environment);
  const suffix = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return { StringEquals: { "kms:ViaService": `s3.${environment.state.region}.${suffix}` } };
}
