"""The example station: invented people for each role, on the ledger of the example workspace."""

from pathlib import Path
from typing import Final

from openqi.app.people.members import Newcomer
from openqi.app.settings import is_station
from openqi.app.station.demo_work import ask_example_work
from openqi.app.station.found import NewStation, found_station
from openqi.app.station.station import Station
from openqi.app.workspace.build import PRIVATE, ledger_path
from openqi.app.workspace.keys import passphrase_beside
from openqi.app.workspace.workspace import read_workspace
from openqi.kernel.errors import NotFoundError
from openqi.records import Names
from openqi.records.governance import PartyRegistered

FOLDER: Final = "station"
START: Final = "demo-"
"""How the sign-in names of example people begin; the rest is their role, which the pages have words for."""
_OTHERS: Final = (
    ("https://regulator.example", Names(zh="示例市场监督管理局", en="Example market regulator")),
    ("https://chain.example", Names(zh="示例电池产业链办公室", en="Example battery chain office")),
    ("https://bank.example", Names(zh="示例银行", en="Example bank")),
)
_PEOPLE: Final = (
    ("quality-engineer", "林晓 Lin Xiao", ("https://maker.example", "https://integrator.example")),
    ("laboratory", "陈思远 Chen Siyuan", ("https://laboratory.example",)),
    ("calibration", "吴岚 Wu Lan", ("https://calibration.example",)),
    ("certifier", "郑怡 Zheng Yi", ("https://certifier.example",)),
    ("standards", "何川 He Chuan", ("https://standards.example",)),
    ("accreditation", "高远 Gao Yuan", ("https://accreditation.example",)),
    ("regulator", "赵立 Zhao Li", ("https://regulator.example",)),
    ("chain-lead", "钱程 Qian Cheng", ("https://chain.example",)),
    ("bank", "冯雪 Feng Xue", ("https://bank.example",)),
)


def demo_station(workspace: Path, url: str) -> Path:
    """Return the folder of the example station of a workspace, made where it is not there.

    Args:
        workspace: the example, built, with its passphrase beside its keys.
        url: address under which it will be reached.

    Raises:
        NotFoundError: the workspace has no passphrase beside its keys.
    """
    folder = workspace / FOLDER
    if is_station(folder):
        return folder
    passphrase = passphrase_beside(workspace / PRIVATE)
    if passphrase is None:
        raise NotFoundError(f"{workspace / PRIVATE} holds no passphrase; an example station is only made of an example")
    declared = read_workspace(workspace).declared
    operator = declared.parties[declared.ledger.operator].uri
    new = NewStation(
        url=url, name=declared.name, origin=declared.ledger.origin, operator=operator, passphrase=passphrase, demo=True,
        ledger=ledger_path(workspace), bases=(declared.base,),
    )  # fmt: skip
    # Nobody knows these passwords: example people are switched between, and never sign in.
    with found_station(folder, new, _newcomer("operator", "孙颖 Sun Ying", passphrase)) as station:
        for party, name in _OTHERS:
            station.ledger.state(PartyRegistered(party=party, name=name), station.operator)
        for role, person, parties in _PEOPLE:
            _join(station, role, person, parties, passphrase)
        ask_example_work(station)
        station.ledger.store.publish()
    return folder


def _newcomer(role: str, name: str, passphrase: str) -> Newcomer:
    return Newcomer(login=START + role, name=name, password=f"{role} of {passphrase}")


def _join(station: Station, role: str, name: str, parties: tuple[str, ...], passphrase: str) -> None:
    members = station.people.members
    first, *others = parties
    account = members.accept(members.invite(first, manages=True, by="demo"), _newcomer(role, name, passphrase))
    for party in others:
        found = station.people.visitor(station.people.sessions.open(account))
        if found is not None:
            members.accept(members.invite(party, manages=False, by="demo"), found)
