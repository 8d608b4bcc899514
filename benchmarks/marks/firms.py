"""A register of firms that is made up: names in Chinese and English, codes, numbers of proofs; the same for the same seed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

_PLACES: Final = (
    ("北京", "Beijing"), ("上海", "Shanghai"), ("广州", "Guangzhou"), ("深圳", "Shenzhen"), ("杭州", "Hangzhou"),
    ("宁波", "Ningbo"), ("苏州", "Suzhou"), ("青岛", "Qingdao"), ("重庆", "Chongqing"), ("成都", "Chengdu"), ("武汉", "Wuhan"),
    ("西安", "Xi'an"), ("佛山", "Foshan"), ("东莞", "Dongguan"), ("温州", "Wenzhou"), ("厦门", "Xiamen"), ("合肥", "Hefei"),
    ("长沙", "Changsha"), ("石家庄", "Shijiazhuang"), ("呼和浩特", "Hohhot"),
)  # fmt: skip
_TRADES: Final = (
    ("电池", "Battery"), ("电器", "Electric Appliance"), ("食品", "Food"), ("玩具", "Toys"), ("家具", "Furniture"),
    ("服装", "Garment"), ("医疗器械", "Medical Devices"), ("建材", "Building Materials"), ("珠宝", "Jewellery"),
    ("机械", "Machinery"), ("化工", "Chemical"), ("汽车零部件", "Auto Parts"), ("电动自行车", "Electric Bicycle"),
    ("灯具", "Lighting"), ("仪器仪表", "Instruments"),
)  # fmt: skip
_SOUNDS: Final = tuple(
    re.findall(
        r"([\u4e00-\u9fff])([a-z]+)",
        "安an邦bang博bo昌chang诚cheng达da德de东dong恩en方fang丰feng富fu高gao广guang国guo海hai汉han浩hao恒heng宏hong华hua辉hui吉ji"
        "佳jia建jian金jin精jing凯kai康kang科ke乐le力li联lian隆long美mei明ming宁ning普pu奇qi强qiang庆qing荣rong瑞rui润run盛sheng"
        "顺shun思si泰tai腾teng天tian通tong万wan威wei文wen祥xiang新xin兴xing旭xu雅ya扬yang益yi永yong优you宇yu元yuan泽ze正zheng智zhi"
        "中zhong众zhong卓zhuo",
    )
)
_REGIONS: Final = {where: f"{110100 + 1700 * place}" for place, (where, _) in enumerate(_PLACES)}
_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, kw_only=True, slots=True)
class Firm:
    """A firm that does not exist."""

    zh: str
    en: str
    code: str
    number: str


def firms(count: int, seed: int = 8) -> Iterator[Firm]:
    """Yield firms; their codes have the form of a unified social credit code, and no office."""
    random = Random(seed)
    for place in range(count):
        (where, at), (trade, field) = random.choice(_PLACES), random.choice(_TRADES)
        marks = random.choices(_SOUNDS, k=random.choice((2, 2, 2, 3)))
        brand, sound = "".join(mark for mark, _ in marks), "".join(sound for _, sound in marks).capitalize()
        yield Firm(
            zh=f"{where}{brand}{trade}有限公司", en=f"{at} {sound} {field} Co., Ltd.",
            code=f"91{_REGIONS[where]}" + "".join(random.choices(_ALPHABET, k=10)), number=f"CN-2026-{place:07d}",
        )  # fmt: skip
