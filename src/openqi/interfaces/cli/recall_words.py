"""What `openqi recall` is told in, in Chinese; English is the key."""

from typing import Final

from openqi.interfaces.cli.labels import Labels

TERMS: Final = Labels(
    words={
        "record": "证据记录", "kind": "类", "index": "序号", "recall": "召回", "edition": "版次", "line": "行", "reached": "已召回",
        "recalled": "应召回", "share": "完成率", "list": "来源", "number": "编号", "name": "名称", "brand": "品牌", "model": "型号",
        "batch": "批号", "firm": "企业", "begins": "开始日期", "ended": "已结束", "going on": "进行中", "listed": "读入",
        "added": "新增", "changed": "有变化", "same": "未变", "refused": "无法读取", "own": "本库", "keeper": "发布机构",
        "lines": "行数", "taken at": "取得时间", "published": "发布日期", "risk": "风险", "found": "找到", "more": "更多",
        "at": "时间", "returned": "收回", "repaired": "修复", "destroyed": "销毁", "told": "已通知", "period": "期间", "from": "自",
        "until": "至", "as of": "截至", "no report": "无报告", "older": "沿用此前报告", "not over": "期间未结束",
        "unknown": "不详", "element": "要素", "found as": "结果", "detail": "说明", "place": "行号", "why": "原因",
        "nothing new": "没有新的内容", "not verified here": "外部数据，未在此核实", "source": "出处",
        "there": "有", "missing": "缺", "softening": "措辞淡化风险", "unclear": "不清楚", "in time": "按期", "late": "逾期",
        "open": "未见完成，期限至", "not compared with the text": "未与原文核对", "holds": "未发现缺漏", "does not hold": "有缺漏",
        "lines without report": "尚无报告的行", "by marks": "按标识", "silent": "尚无报告的行",
    },
    others=True,
)  # fmt: skip
