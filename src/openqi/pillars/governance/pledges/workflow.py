"""What may be decided about pledges: signing, showing, proving, ending, reviewing."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.pillars.governance.pledges.proving import ProvePledge, prove_pledge
from openqi.pillars.governance.pledges.reviewing import ReviewBenchmark, review_benchmark
from openqi.pillars.governance.pledges.showing import ShowObligation, show_obligation
from openqi.pillars.governance.pledges.signing import EndPledge, SignPledge, end_pledge, sign_pledge
from openqi.records import Command

WORKFLOW: Final[Mapping[type[Command], Callable[[View, Any, str], tuple[Statement, ...]]]] = {
    SignPledge: sign_pledge,
    ShowObligation: show_obligation,
    ProvePledge: prove_pledge,
    EndPledge: end_pledge,
    ReviewBenchmark: review_benchmark,
}
