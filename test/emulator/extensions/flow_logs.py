"""Lets VPC flow logs go to a folder of a bucket, which moto takes for a part of the bucket's name, in any format."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import FlowLogAlreadyExists
from moto.ec2.models import EC2Backend
from moto.ec2.responses.flow_logs import FlowLogs


def install() -> None:
    """Extends creating flow logs by folders and by the options of their files."""
    create_flow_logs, answer_create = EC2Backend.create_flow_logs, FlowLogs.create_flow_logs

    def create_with_folder(self: EC2Backend, **arguments: Any) -> Any:
        destination = arguments["log_destination"]
        if arguments["log_destination_type"] != "s3" or not destination:
            return create_flow_logs(self, **arguments)
        existing = {(flow_log.resource_id, flow_log.log_destination) for flow_log in self.flow_logs.values()}
        if any((resource_id, destination) in existing for resource_id in arguments["resource_ids"]):
            raise FlowLogAlreadyExists
        bucket = destination.partition("/")[0]
        created, unsuccessful = create_flow_logs(self, **{**arguments, "log_destination": bucket})
        for flow_log in created:
            flow_log.log_destination = destination
        return created, unsuccessful

    def answer_with_options(self: FlowLogs) -> Any:
        answer = answer_create(self)
        options = self._get_param("DestinationOptions")
        for flow_log_id in answer.result["FlowLogIds"]:
            if options:
                self.ec2_backend.flow_logs[flow_log_id].destination_options = options
        return answer

    EC2Backend.create_flow_logs = create_with_folder
    FlowLogs.create_flow_logs = answer_with_options
