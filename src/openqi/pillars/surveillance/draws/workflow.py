"""The commands of draws: freezing lists, committing, publishing randomness, drawing, cancelling, showing."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.pillars.surveillance.draws.commitments import CancelDraw, CommitDraw, cancel_draw, commit_draw
from openqi.pillars.surveillance.draws.drawing import MakeDraw, ShowDraw, make_draw, show_draw
from openqi.pillars.surveillance.draws.frames import FreezeFrame, freeze_frame
from openqi.pillars.surveillance.draws.officers import FreezeOfficers, FreezeRecusals, freeze_officers, freeze_recusals
from openqi.pillars.surveillance.draws.randomness import PublishRandomness, publish_randomness
from openqi.records import Command

WORKFLOW: Final[Mapping[type[Command], Callable[[View, Any, str], tuple[Statement, ...]]]] = {
    FreezeFrame: freeze_frame,
    FreezeOfficers: freeze_officers,
    FreezeRecusals: freeze_recusals,
    CommitDraw: commit_draw,
    CancelDraw: cancel_draw,
    PublishRandomness: publish_randomness,
    MakeDraw: make_draw,
    ShowDraw: show_draw,
}
