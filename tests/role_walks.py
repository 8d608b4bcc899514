"""What each guide of docs/roles has somebody do, step by step: one function a role."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from page_samples import RESULT
from walks import Walk
from web_stage import CYCLER, LOT, NOT_ISSUED, PACK

NEW_LOT: Final = "https://maker.example/lot/2026-11-B"
ISSUED: Final = "https://mark.storage-battery.example"
CELLS: Final = "item\n" + "".join(f"https://maker.example/cell/B26-{number:05}\n" for number in range(1, 13))


def engineer(walk: Walk) -> None:
    """A lot is formed, and somebody is asked to decide on it."""
    zh = walk.language == "zh"
    walk.step()
    walk.enter("quality-engineer")
    walk.shot("home", height=560)
    walk.step()
    walk.follow("main .lines a")
    walk.shot("task")
    walk.step()
    walk.go("/do")
    walk.click(walk.act("conformity.lot-formed/1"))
    told = {"name.zh": "2026 年 11 月 B 批", "name.en": "Lot B of November 2026", "formedAt": "2026-11-24T17:00"}
    walk.fill({"lot": NEW_LOT, "product": "https://maker.example/product/cell-2000", **told})
    walk.upload("items", "cells.csv", CELLS)
    walk.tick("_audience-public")
    walk.press("preview")
    walk.shot("preview")
    walk.press("seal")
    walk.step()
    walk.follow("main a[href^='/record/']")
    walk.go(f"/lot?uri={quote(NEW_LOT, safe='')}")
    walk.shot("lot", height=640)
    walk.step()
    walk.click(walk.t("beside-ask"))
    told = {"asks.zh": "请判定该批", "asks.en": "Decide on this lot", "act": walk.act("conformity.decide-lot/1")}
    walk.fill({"party": "https://certifier.example", **told, "limit": "检验" if zh else "Testing"})
    walk.press("preview")
    walk.press("seal")
    walk.go("/inbox?view=asked")
    walk.shot("asked", height=560)


def laboratory(walk: Walk) -> None:
    """What is late is measured, reported and answered."""
    walk.step()
    walk.enter("laboratory")
    walk.shot("home", height=560)
    walk.step()
    walk.follow("main .lines a")
    walk.click(walk.act(RESULT))
    told = {"quantity": "discharge capacity", "value": "1.8912", "unit": "A.h", "expandedUncertainty": "0.0012"}
    more = {"coverageFactor": "2", "method": "capacity, edition 2", "measuredAt": "2026-11-24T15:30", "instruments.0": CYCLER}
    walk.fill(told | more)
    walk.shot("form", height=900)
    walk.step()
    walk.press("preview")
    walk.press("seal")
    walk.shot("sealed", height=640)
    walk.step()
    walk.follow("main .lines a")
    walk.follow("main .lines a[href*='answer-task']")
    walk.press("preview")
    walk.press("seal")
    walk.go("/inbox?view=closed")
    walk.follow("main .lines a")
    walk.shot("answered")
    walk.step()
    walk.go(f"/instrument?uri={CYCLER}")
    walk.shot("instrument", height=1000)
    walk.step()
    walk.go("/do")
    walk.go(f"/import/{RESULT.replace('/', '.')}")


def buyer(walk: Walk) -> None:
    """A mark is looked up on a phone, walked back, and something is reported."""
    walk.step()
    walk.go("/")
    walk.page.locator("#uri").fill(ISSUED + walk.stand.mark)
    walk.shot("start", height=560)
    walk.click(walk.t("find"), role="button")
    walk.shot("mark")
    walk.step()
    walk.look()
    walk.shot("way", at=".steps", height=640)
    walk.step()
    walk.look()
    walk.click(walk.t("whole-tree"))
    walk.shot("tree")
    walk.step()
    walk.go(walk.stand.mark)
    walk.open("#report summary")
    walk.page.locator(".matter").first.click()
    walk.page.locator("#text").fill("充不进电。" if walk.language == "zh" else "It does not charge.")
    walk.look()
    walk.page.locator(".report button").first.click()
    walk.shot("reported", height=560)
    walk.go(walk.stand.mark)
    walk.step()
    walk.go("/01/" + NOT_ISSUED.partition("/01/")[2])
    walk.shot("none", height=560)


def association(walk: Walk) -> None:
    """Marks are looked at, cases read, and one mark's record is about to be withdrawn."""
    walk.step()
    walk.enter("operator")
    walk.shot("home", height=640)
    walk.step()
    walk.go("/do")
    walk.click(walk.act("conformity.issue-marks/1"))
    walk.fill({"certificate": "EX-2026-001"})
    walk.step()
    walk.go(walk.stand.mark)
    walk.shot("mark")
    walk.step()
    walk.go("/records?kind=surveillance.case-opened/1")
    walk.shot("cases", height=480)
    walk.follow("main .lines a")
    walk.step()
    walk.go("/records?kind=conformity.marks-issued/1")
    walk.follow("main .lines a")
    walk.click(walk.t("beside-withdraw"))
    walk.fill({"reason": "标识印错" if walk.language == "zh" else "the marks were misprinted"})
    walk.press("preview")
    walk.shot("withdraw", height=560)


def regulator(walk: Walk) -> None:
    """What was asked is watched, a lot's decision is looked through, and its maker is asked something."""
    zh = walk.language == "zh"
    walk.step()
    walk.enter("regulator")
    walk.go("/inbox?view=asked")
    walk.shot("asked", height=640)
    walk.step()
    walk.click(walk.t("station-evidence"))
    walk.click("2026 年 3 月 A 批（模拟）" if zh else "Lot A of March 2026 (simulated)")
    walk.shot("lot", at="h1", height=900)
    walk.step()
    walk.click(walk.t("beside-ask"))
    told = {"asks.zh": "请说明抽样所用仪器的检定情况", "asks.en": "Say how the instrument of the sampling was verified"}
    walk.fill({"party": "https://laboratory.example", **told, "limit": "检验" if zh else "Testing"})
    walk.press("preview")
    walk.shot("ask", height=760)
    walk.press("seal")
    walk.step()
    walk.go("/records?kind=conformity.lot-decided/1")
    walk.follow("main .lines a")
    walk.shot("record", height=900)
    walk.step()
    walk.go("/records?issuer=https://certifier.example")
    walk.shot("records", height=640)
    walk.step()
    walk.click(walk.t("station-evidence"))
    walk.click(walk.t("insp-board"))
    walk.shot("board", height=1000)
    walk.step()
    walk.click("电池企业抽查（编造）" if zh else "Spot check of battery firms (made up)")
    walk.page.get_by_role("button", name=walk.t("draws-replay-go")).click()
    walk.page.locator("#replay .s-replayed").nth(4).wait_for()
    walk.look()
    walk.shot("draw", at="#replay", height=1000)
    walk.step()
    walk.go("/do")
    walk.click(walk.act("surveillance.publish-results/1"))
    walk.fill({"made": "电池企业抽查" if zh else "Spot check of battery firms"})
    walk.press("preview")
    walk.shot("publish", height=900)
    walk.press("seal")
    walk.go("/surveillance")


def lead(walk: Walk) -> None:
    """What the chain owes, where a pack is, what there is in the registers, and a remark."""
    walk.step()
    walk.enter("chain-lead")
    walk.go("/inbox?view=asked")
    walk.follow("main .lines a")
    walk.shot("task")
    walk.step()
    walk.go(f"/item?uri={PACK}")
    walk.shot("item", height=900)
    walk.step()
    walk.go("/things/lot")
    walk.shot("lots", height=480)
    walk.go("/things/party")
    walk.step()
    walk.go(f"/talk?about={quote(LOT, safe='')}")
    walk.page.locator("#text").fill("下周一例会讨论这批的流向。" if walk.language == "zh" else "We talk about this lot on Monday.")
    walk.click(walk.t("talk-keep"), role="button")
    walk.shot("talk", height=640)


def bank(walk: Walk) -> None:
    """A certificate is found, read, walked back, and put on paper."""
    walk.step()
    walk.enter("bank")
    walk.page.locator("#seek").fill("EX-2026-001")
    walk.click(walk.t("search"), role="button")
    walk.shot("search", height=640)
    walk.step()
    walk.go("/records?kind=conformity.certificate-issued/1")
    walk.follow("main .lines a")
    walk.shot("certificate", height=900)
    walk.step()
    walk.click(walk.t("tree"))
    walk.shot("tree", height=900)
    walk.step()
    walk.page.go_back()
    walk.page.emulate_media(media="print")
    walk.shot("paper", height=900)
    walk.page.emulate_media(media="screen")
    walk.look()


def operator(walk: Walk) -> None:
    """Somebody is invited, an organisation registered, a role granted, duties kept apart."""
    zh = walk.language == "zh"
    walk.step()
    walk.enter("operator")
    walk.click(walk.t("station-organisation"))
    walk.click(walk.t("people-invite"), role="button")
    walk.shot("invited", height=640)
    walk.step()
    walk.page.locator("#party").fill("https://inspection.example")
    walk.page.locator("#zh").fill("示例检验所")
    walk.page.locator("#en").fill("Example inspection office")
    walk.click(walk.t("people-register"), role="button")
    walk.shot("registered", height=480)
    walk.step()
    walk.go("/do/governance.role-granted.1")
    walk.fill({"party": "https://inspection.example", "role": "testing-laboratory", "validFrom": "2026-11-25T08:00"})
    walk.press("preview")
    walk.shot("role", height=640)
    walk.press("seal")
    walk.step()
    walk.go("/do/governance.separation-published.1")
    told = {"rule": "https://association.example/rule/sampling", "name.zh": "抽检分离", "name.en": "Who samples does not test"}
    told |= {"did.0": "conformity.lot-formed/1", "does.0": "conformity.decide-lot/1", "reason.zh": "组批的一方不判定该批"}
    told |= {"reason.en": "who formed a lot does not decide on it", "source.zh": "示例约定", "source.en": "agreed for this example"}
    walk.fill({**told, "level": "组织" if zh else "Organisation", "validFrom": "2026-11-25T08:00"})
    walk.press("preview")
    walk.shot("duties", height=760)
    walk.step()
    walk.go("/account")
    walk.shot("account", height=900)


WALKS: Final[Mapping[str, Callable[[Walk], None]]] = MappingProxyType({
    "engineer": engineer, "laboratory": laboratory, "buyer": buyer, "association": association, "regulator": regulator,
    "lead": lead, "bank": bank, "operator": operator,
})  # fmt: skip
"""In this order, since one leaves behind what the next one sees."""
