"""Refuses operations that moto answers as done, though nothing is done, or nothing ever becomes ready."""

from __future__ import annotations

from typing import Any

from moto.core.responses import BaseResponse

RUNS_NOTHING = "it would report work as done that nobody does"
NEVER_READY = "what it creates never becomes ready"

# by the name moto gives the service
REFUSED: dict[str, dict[str, str]] = {
    "athena": {"StartQueryExecution": RUNS_NOTHING},
    "batch": {"SubmitJob": RUNS_NOTHING},
    "codebuild": {"StartBuild": RUNS_NOTHING},
    "databrew": {"StartJobRun": RUNS_NOTHING},
    "ecs": {"RunTask": RUNS_NOTHING},
    "emr": {"AddJobFlowSteps": RUNS_NOTHING, "RunJobFlow": RUNS_NOTHING},
    "emr-containers": {"StartJobRun": RUNS_NOTHING},
    "emr-serverless": {"StartJobRun": RUNS_NOTHING},
    "glue": {
        "StartCrawler": RUNS_NOTHING,
        "StartDataQualityRuleRecommendationRun": RUNS_NOTHING,
        "StartDataQualityRulesetEvaluationRun": RUNS_NOTHING,
        "StartJobRun": RUNS_NOTHING,
        "StartTrigger": RUNS_NOTHING,
        "StartWorkflowRun": RUNS_NOTHING,
    },
    "kafka": {"CreateCluster": NEVER_READY, "CreateClusterV2": NEVER_READY},
    "lambda": {"InvokeAsync": RUNS_NOTHING},
    "redshift-data": {"ExecuteStatement": RUNS_NOTHING, "BatchExecuteStatement": RUNS_NOTHING},
    "ssm": {"SendCommand": RUNS_NOTHING},
    "stepfunctions": {"StartExecution": RUNS_NOTHING, "StartSyncExecution": RUNS_NOTHING},
}


def install() -> None:
    """Puts the list in front of every operation but those of S3, which s3_operations.py lists itself."""
    call_action = BaseResponse.call_action

    def checked_call_action(self: BaseResponse) -> Any:
        action = self._get_action()
        service = self.boto3_service_name
        if not action:
            raise NotImplementedError(f"{service}: no operation for {self.method} {self.path}")
        reason = REFUSED.get(service, {}).get(action)
        if reason is not None:
            raise NotImplementedError(f"{service}: {action}: {reason}")
        return call_action(self)

    BaseResponse.call_action = checked_call_action
