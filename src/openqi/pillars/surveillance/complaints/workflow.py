"""What may be decided about complaints and disputes."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.pillars.surveillance.complaints.closing import CloseComplaint, close_complaint
from openqi.pillars.surveillance.complaints.counting import CountComplaints, count_complaints
from openqi.pillars.surveillance.complaints.following import FollowComplaint, PublishUpheld, follow_complaint, publish_upheld
from openqi.pillars.surveillance.complaints.joining import JoinComplaints, join_complaints
from openqi.pillars.surveillance.complaints.receiving import DecideComplaint, ReceiveComplaint, decide_complaint, receive_complaint
from openqi.pillars.surveillance.complaints.testing import (
    AnswerComplaint,
    BeginComplaintTest,
    EndComplaintTest,
    answer_complaint,
    begin_complaint_test,
    end_complaint_test,
)
from openqi.pillars.surveillance.disputes.proposing import AcceptDispute, ProposeDispute, accept_dispute, propose_dispute
from openqi.pillars.surveillance.disputes.settling import SettleDispute, settle_dispute
from openqi.records import Command

WORKFLOW: Final[Mapping[type[Command], Callable[[View, Any, str], tuple[Statement, ...]]]] = {
    ReceiveComplaint: receive_complaint,
    DecideComplaint: decide_complaint,
    BeginComplaintTest: begin_complaint_test,
    EndComplaintTest: end_complaint_test,
    AnswerComplaint: answer_complaint,
    CloseComplaint: close_complaint,
    FollowComplaint: follow_complaint,
    PublishUpheld: publish_upheld,
    JoinComplaints: join_complaints,
    CountComplaints: count_complaints,
    ProposeDispute: propose_dispute,
    AcceptDispute: accept_dispute,
    SettleDispute: settle_dispute,
}
