import { type Case, casesOf, type Resources } from "../../support/cases";

type Outcomes = readonly (readonly [what: string, resources: Case["resources"], outcome: Case["outcome"]])[];

const BUCKET = "${aws_s3_bucket.b.id}";
const UPLOAD = { bucket: BUCKET, key: "code/f.zip" };

const bucket = (...objects: readonly object[]): Resources => ({
  aws_s3_bucket: { b: { bucket: "artifacts" } },
  aws_s3_object: Object.fromEntries(objects.map((one, index) => [`o${index}`, { ...one }])),
});
const CODE = {
  s3_bucket: BUCKET,
  s3_key: "${aws_s3_object.o0.key}",
  s3_object_version: "${aws_s3_object.o0.version_id}",
};
const fn = (values: object): Resources => ({ aws_lambda_function: { f: { function_name: "f", ...values } } });
const job = (location: string, values: object = {}): Resources => ({
  aws_glue_job: { j: { name: "j", command: { script_location: location }, ...values } },
});
const AFTER = { depends_on: ["aws_s3_object.o0"] };

const FILES: Outcomes = [
  ["code with its version", { ...fn(CODE), ...bucket(UPLOAD) }, "passed"],
  [
    "code of which the key is a literal, awaited",
    { ...fn({ ...CODE, s3_key: "code/f.zip", ...AFTER }), ...bucket(UPLOAD) },
    "passed",
  ],
  [
    "code of which the key is a literal",
    { ...fn({ s3_bucket: "artifacts", s3_key: "code/f.zip" }), ...bucket(UPLOAD) },
    "failed",
  ],
  ["code without its version", { ...fn({ ...CODE, s3_object_version: undefined }), ...bucket(UPLOAD) }, "warning"],
  [
    "code with a version that is written out",
    { ...fn({ ...CODE, s3_object_version: "3sL4" }), ...bucket(UPLOAD) },
    "warning",
  ],
  [
    "code with the version of another file",
    {
      ...fn({ ...CODE, s3_object_version: "${aws_s3_object.o1.version_id}" }),
      ...bucket(UPLOAD, { ...UPLOAD, key: "code/g.zip" }),
    },
    "warning",
  ],
  ["code of an earlier stack", [bucket(UPLOAD), fn({ ...CODE })], "passed"],
  ["code in a file", fn({ filename: "f.zip" }), "passed"],
  [
    "code that nothing uploads, beside what is uploaded",
    { ...fn({ s3_bucket: BUCKET, s3_key: "code/g.zip" }), ...bucket(UPLOAD) },
    "failed",
  ],
  ["code that nothing uploads", { ...fn({ s3_bucket: BUCKET, s3_key: "other/g.zip" }), ...bucket(UPLOAD) }, "warning"],
  ["code in a bucket of elsewhere", fn({ s3_bucket: "elsewhere", s3_key: "code/f.zip" }), "warning"],
  ["code that an apply decides", { ...fn({ s3_bucket: BUCKET, s3_key: "${var.key}" }), ...bucket(UPLOAD) }, "unknown"],
  [
    "a script",
    { ...job(`s3://${BUCKET}/\${aws_s3_object.o0.key}`), ...bucket({ ...UPLOAD, key: "jobs/j.py" }) },
    "passed",
  ],
  [
    "a script that is not awaited",
    { ...job("s3://artifacts/jobs/j.py"), ...bucket({ ...UPLOAD, key: "jobs/j.py" }) },
    "failed",
  ],
  [
    "a library that is not awaited",
    {
      ...job(`s3://${BUCKET}/\${aws_s3_object.o0.key}`, {
        default_arguments: { "--extra-py-files": "s3://artifacts/jobs/a.whl,s3://artifacts/jobs/b.whl" },
      }),
      ...bucket({ ...UPLOAD, key: "jobs/j.py" }, { ...UPLOAD, key: "jobs/a.whl" }, { ...UPLOAD, key: "jobs/b.whl" }),
    },
    "failed",
  ],
  [
    "requirements with their version",
    {
      ...bucket({ ...UPLOAD, key: "requirements.txt" }),
      aws_mwaa_environment: {
        e: {
          source_bucket_arn: "${aws_s3_bucket.b.arn}",
          requirements_s3_path: "${aws_s3_object.o0.key}",
          requirements_s3_object_version: "${aws_s3_object.o0.version_id}",
        },
      },
    },
    "passed",
  ],
  [
    "requirements without",
    {
      ...bucket({ ...UPLOAD, key: "requirements.txt" }),
      aws_mwaa_environment: {
        e: { source_bucket_arn: "${aws_s3_bucket.b.arn}", requirements_s3_path: "${aws_s3_object.o0.key}" },
      },
    },
    "warning",
  ],
];

/** Files that resources name, and what uploads them. */
export const ARTIFACT_CASES: readonly Case[] = casesOf(
  "WIRE-GLUE-08",
  FILES.map(([what, resources, outcome]) => ({ what, resources, outcome })),
);
