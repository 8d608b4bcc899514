"""The main words of the output in Chinese; English is the key. What --json writes is never translated."""

from collections.abc import Mapping
from typing import Final

CHINESE: Final[Mapping[str, str]] = {
    # states
    "passed": "通过", "failed": "未通过", "withheld": "未示", "not checked": "未检查",
    # steps of a verification
    "form": "格式", "policy": "信任策略", "checkpoint": "检查点", "genesis": "创世记录", "inclusion": "收录", "key": "密钥",
    "signature": "签名", "blob": "附件", "basis": "依据", "replay": "复算", "complete": "核全",
    # what they add up to
    "proved": "验真", "replayed": "复算", "first failing step": "首个未通过的步骤",
    # logs
    "origin": "源日志", "size": "条数", "root": "根", "cosigned by": "见证", "vkey": "验证密钥", "folder": "文件夹",
    "sealed entries": "封存条目", "records checked": "逐条检查", "policy checked": "按策略检查", "findings": "发现",
    "finding": "发现", "no findings": "没有发现问题", "files fetched": "取得文件", "before": "此前", "yes": "是", "no": "否",
    # records
    "record": "证据记录", "kind": "类", "issuer": "签发方", "valid from": "签发时间", "index": "序号", "streams": "主题流",
    "visible to": "可见方", "public": "公开", "withdrawn by": "已被撤回", "body": "内容", "command": "指令", "role": "角色",
    "parties": "各方", "issuer only": "仅签发方", "stands": "未见撤回", "file": "文件", "records": "记录", "blobs": "附件",
    # keys
    "algorithm": "算法", "kid": "密钥标识", "party": "当事方", "replaces": "替换", "since": "自序号", "public key": "公钥",
    # errors
    "error": "错误",
}  # fmt: skip


REACHED: Final[Mapping[str, str]] = {"proved": "已验真", "replayed": "已复算", "complete": "已核全"}
"""What a verification came to where all of its steps passed; never shown for anything less."""


def language_of(environment: Mapping[str, str]) -> str:
    """Return `zh` or `en` as the locale asks: the first of LC_ALL, LC_MESSAGES and LANG that says something."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "zh" if environment[name].lower().startswith("zh") else "en"
    return "en"


def word(text: str, language: str) -> str:
    """Return a main word in a language; what has no translation stays as it is."""
    return CHINESE.get(text, text) if language == "zh" else text
