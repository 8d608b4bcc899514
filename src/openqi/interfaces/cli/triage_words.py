"""What triage says in words, English and Chinese: levels, people, harm, products, and why a matter is not known."""

from collections.abc import Mapping
from typing import Final

from openqi.interfaces.cli.labels import Labels

WORDS: Final[Mapping[str, str]] = {
    "text": "序号", "hazard": "危害", "who": "涉及的人", "harm": "伤害", "product": "产品", "matter": "建议类别",
    "probability": "概率", "words": "原文", "grave": "严重", "danger": "有危险", "none": "无", "do not know": "不知道",
    "unsure": "把握不够", "unlike": "与所学文本不同", "empty": "没有内容", "texts": "文本数", "given": "给出建议",
    "speaks": "依据", "feared": "担心发生", "labels": "类别", "runs": "字组", "accuracy, held out": "留出正确率",
    "macro F1, held out": "留出宏平均 F1",
    "log score, held out": "留出对数损失", "Brier score, held out": "留出 Brier 分数", "ECE, held out": "留出校准误差",
    "by chance": "偶然水平", "promise": "承诺", "answers from": "作答门槛", "answered, held out": "留出中作答",
    "right of those": "其中正确", "model": "模型", "rounds": "轮数", "gap": "离最优", "never": "从不作答",
    "a person decides": "以上只是建议，由人决定",
    "death": "死亡", "fire": "起火", "explosion": "爆炸", "electric-shock": "触电", "burn": "烧烫伤", "choking": "窒息或误吞",
    "poisoning": "中毒或腹泻",
    "allergy": "过敏", "cut": "割刺伤", "fracture": "骨折", "amputation": "断肢", "crush": "挤压碰撞伤",
    "fall": "跌倒", "eye": "眼部", "hearing": "听力", "drowning": "溺水", "overheating": "过热", "treatment": "就医",
    "injury": "受伤", "food-foreign-body": "食品异物", "foreign-body": "异物",
    "infant": "婴幼儿", "child": "儿童", "elderly": "老人", "pregnant": "孕妇", "worker": "劳动者",
    "power-bank": "充电宝", "charger": "充电器插座", "e-bike": "电动车", "phone": "手机电脑", "heater": "取暖器具",
    "water-heater": "热水器", "gas-appliance": "燃气具", "kettle": "水壶杯", "cooker": "炊具", "appliance": "家用电器",
    "lamp": "灯具", "toy": "玩具", "child-seat": "婴童用品", "milk-powder": "奶粉辅食", "cosmetics": "化妆品", "food": "食品",
    "medicine": "保健品药品", "clothing": "服装", "shoes": "鞋", "furniture": "家具", "fireworks": "烟花爆竹", "vehicle": "汽车",
    "helmet": "头盔", "lift": "电梯", "fitness": "运动器材", "cleaner": "清洁消毒用品", "detector": "报警消防器材",
}  # fmt: skip
"""Labels in Chinese by their English."""

_LABELS: Final = Labels(words=WORDS)
term, terms = _LABELS.term, _LABELS.terms
