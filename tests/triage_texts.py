"""Complaints of our own making, by matter, for tests of triage: a few parts put together, so that the right label is known."""

from itertools import product

PARTS = {
    "food": (
        ("这家店的蛋糕", "超市买的牛奶", "网上买的零食", "外卖送来的凉皮", "散装的饼干"),
        ("已经过期", "发霉了", "吃出一根铁丝", "吃完拉肚子", "味道发酸", "没有生产日期"),
        ("要求十倍赔偿", "请查处商家", "商家不承认", "要求退款"),
    ),
    "appliance": (
        ("新买的洗衣机", "客厅的空调", "厨房的电磁炉", "这台冰箱", "充电宝"),
        ("不制冷也不启动", "用了一周就坏了", "漏电跳闸", "噪音很大", "插上电就冒烟", "保修期内拒绝维修"),
        ("售后一直推脱", "要求换货", "要求上门维修", "厂家说要收费"),
    ),
    "clothing": (
        ("这件羽绒服", "孩子的校服", "网购的裤子", "真皮的鞋子", "一件衬衫"),
        ("洗一次就掉色", "穿两天就开线", "面料和标签不符", "尺码不对", "钻绒严重", "有刺鼻的气味"),
        ("商家不给退货", "要求检验成分", "怀疑是假货", "要求赔偿损失"),
    ),
    "delivery": (
        ("快递", "物流包裹", "跑腿订单", "寄出的文件", "大件运输"),
        ("一周没有送到", "显示签收但没收到", "外箱破损", "被送错地址", "运费多收了", "中途丢失"),
        ("客服电话打不通", "要求查询去向", "要求按价赔偿", "网点互相推诿"),
    ),
}  # fmt: skip


def complaints() -> list[tuple[str, str]]:
    """Return texts with their matters, 480 in all; every text once."""
    return [(f"{what}{fault}，{wish}。", matter) for matter, parts in PARTS.items() for what, fault, wish in product(*parts)]
