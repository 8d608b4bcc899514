"""A stage where work is asked: a calendar, a limit, and an assessor who asks the laboratory."""

from openqi.app.folder import FOLDS
from openqi.pillars.governance.task_register import TASKS
from openqi.pillars.governance.tasks import AnswerTask, AskTask
from openqi.records import Names
from openqi.records.conformity import ResultReported
from openqi.records.tasks import CalendarPublished, Holiday, LimitPublished
from openqi.store.kinds.memory import STOREKIND
from stage import ITEM, Stage

CALENDAR, LIMIT = "https://operator.example/calendar/cn", "https://operator.example/limit/test"
REPORTED = ResultReported.KIND


def calendar(**changes):
    told = {
        "calendar": CALENDAR, "name": Names(zh="历"), "source": Names(zh="通知"), "since": "2026-01-01", "until": "2026-12-31",
        "offset": "+08:00", "weekend": ("saturday", "sunday"),
        "holidays": (Holiday(first="2026-10-01", last="2026-10-07", name=Names(zh="国庆节")),),
        "working_days": ("2026-09-20", "2026-10-10"),
    }  # fmt: skip
    return CalendarPublished(**told | changes)


def limit(**changes):
    told = {
        "limit": LIMIT, "name": Names(zh="检验时限"), "source": Names(zh="约定"), "ground": "agreed", "count": 5,
        "unit": "working-days",
        "ends": "next-working-day", "calendar": CALENDAR, "pausing": "either",
        "valid_from": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    return LimitPublished(**told | changes)


class Work(Stage):
    """A stage with a calendar and a limit, on which the assessor asks the laboratory; it starts on Friday 20 November 2026."""

    def __init__(self, store=None):
        super().__init__(store=store or STOREKIND.open(None, origin="log.example/1", folds=FOLDS))
        self.ledger.state(calendar(), self.operator)
        self.limit = self.ledger.state(limit(), self.operator).id

    def ask(self, **changes):
        told = {"party": self.laboratory.party, "subject": ITEM, "asks": Names(zh="请检验"), "act": REPORTED, "limit": self.limit}
        (record,) = self.ledger.perform(AskTask(**told | changes), self.assessor)
        return record

    def do(self, command, signer):
        (record,) = self.ledger.perform(command, signer)
        return record

    def answer(self, task, record, signer=None):
        return self.do(AnswerTask(task=task.id, outcome="done", record=record.id), signer or self.laboratory)

    def row(self, task):
        return self.store.row(TASKS, task.id)
