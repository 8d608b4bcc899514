"""What complaints and disputes say in Chinese on the command line; English is the key, and --json is never translated."""

from collections.abc import Mapping
from typing import Final

CHINESE: Final[Mapping[str, str]] = {
    "number": "编号", "perhaps the same as": "可能与之重复", "record": "证据记录", "decide by": "受理期限",
    "mediate by": "调解期限",
    "notify by": "告知期限", "clue by": "线索核查期限", "by": "期限", "late": "逾期", "decision": "受理决定", "outcome": "结果",
    "test days": "检验扣除天数", "state": "状态", "due": "到期", "matter": "事由", "firm": "被投诉企业", "received": "收到记录",
    "authority": "受理机关", "told": "已告知企业", "decided": "受理记录", "closed": "办结", "testing since": "检验开始",
    "answers": "企业答复数", "joined": "并案", "harmed": "有人受伤害", "complaint": "投诉", "product": "产品", "lot": "批",
    "item": "单件", "mark": "标识", "hazard": "危害", "channel": "来源", "received at": "收到时间", "same as": "同一投诉",
    "text": "内容", "person": "投诉人", "answer": "企业答复", "erased": "已删除", "erased, or not kept here": "已删除，或不在此处",
    "no complaints": "没有投诉", "accepted": "已受理", "testing": "检验中", "not-accepted": "不予受理", "handed-over": "移送",
    "settled": "达成和解", "upheld": "成立", "not-upheld": "不成立", "no-agreement": "调解不成", "withdrawn": "撤回",
    "unreachable": "联系不上", "waits": "待决定", "withheld": "不予显示", "count": "件数", "of": "分母",
    "dispute": "争议", "pays": "费用承担", "tested": "已检件数", "failing": "不合格件数", "missing": "缺少结果",
    "open": "未决", "claimant": "主张方", "respondent": "被主张方", "halves": "各半", "yes": "是",
    "repeats": "同人同事重复", "decided-in-time": "按期决定", "closed-in-time": "按期办结", "others": "其他",
    "counter": "窗口", "letter": "信函", "telephone": "电话", "platform": "平台", "mark-page": "标识页面",
    "defect": "质量问题或故障",
    "safety": "安全隐患", "appearance": "外观或包装不符", "copied": "疑似复制", "other": "其他",
}  # fmt: skip


def said(text: object, language: str) -> str:
    """Return a word of complaints in a language; one that is not known stays as it is."""
    told = str(text)
    return CHINESE.get(told, told) if language == "zh" else told
