"""The words of the pages in Chinese and English, one phrase a line; evidence itself is shown as it was stated."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from openqi.interfaces.web.terms import FIELDS, KINDS, STATES, STEPS, VALUES


class Phrase(NamedTuple):
    """One phrase in both languages; names in braces are filled in."""

    zh: str
    en: str


LANGUAGES: Final = ("zh", "en")
_PHRASES: Final[Mapping[str, tuple[str, str]]] = {
    # frame
    "brand": ("开放质量基础设施", "Open quality infrastructure"),
    "skip": ("跳到正文", "Skip to the content"),
    "overview": ("概览", "Overview"),
    "log": ("日志", "Log"),
    "language": ("语言", "Language"),
    "footer": (
        "页面只转述日志中的证据，并说明每一步核对到什么程度；未核对的不会显示为有效。",
        "Pages tell what the evidence in the log says, and how far each step was checked. What was not checked is never shown as valid.",
    ),
    "as-of": ("截至日志第 {size} 条", "As of log size {size}"),
    "static-note": (
        "这是静态导出的页面：不显示扫描次数，也不能在此反映问题。",
        "This is a static copy: scans are not counted here, and problems cannot be reported here.",
    ),
    "separator": ("：", ": "),
    # states told at length
    "illustrative-banner": (
        "此证据链止于一份示例证书，并未溯源至 SI。",
        "This chain ends at an illustrative certificate, not at the SI.",
    ),
    "stated-banner": (
        "此证据链止于一份仅由人转录的证书，此后的溯源没有证据。",
        "This chain ends at a certificate that is only stated; nothing beyond it is evidenced.",
    ),
    "si-banner": ("此证据链溯源至 SI。", "This chain reaches the SI."),
    "open-banner": ("此证据链没有到达 SI。", "This chain does not reach the SI."),
    "illustrative-workspace": (
        "本工作区为示例：其中标注“示例”的机构、仪器、证书与要求均为虚构。",
        "This workspace is an example: parties, instruments, certificates and requirements marked illustrative are invented.",
    ),
    "withdrawn-at": ("撤回记录", "Withdrawal"),
    "reason": ("原因", "Reason"),
    "how-to-read": ("状态说明", "What the states mean"),
    # overview
    "overview-lead": (
        "从产品上的标识可以一步步追溯到测量标准；每一项判定都可以重新计算。",
        "From the mark on a product anyone can walk back to the measurement standard, and recompute every decision on the way.",
    ),
    "find-mark": ("查询标识", "Look up a mark"),
    "mark-address": ("标识上的网址", "Address on the mark"),
    "find": ("查询", "Look up"),
    "certificates-of-conformity": ("合格证书", "Certificates of conformity"),
    "products": ("产品", "Products"),
    "lots": ("批", "Lots"),
    "instruments": ("仪器", "Instruments"),
    "marks-issued": ("已签发的标识", "Marks issued"),
    "parties": ("各方", "Parties"),
    "recent": ("最新记录", "Latest records"),
    "all-records": ("查看全部记录", "All records"),
    "cases": ("问题报告", "Problem reports"),
    "withdrawals": ("撤回", "Withdrawals"),
    "records-in-log": ("日志中的记录", "Records in the log"),
    "operator": ("日志运营方", "Operator of the log"),
    "none": ("无", "None"),
    "no-decision": ("尚未判定", "Not decided"),
    "simulated": ("模拟数据", "Simulated"),
    "simulated-by": ("模拟数据，来源：{how}", "Simulated data, made by {how}"),
    "marks-count": ("{count} 枚标识", "{count} marks"),
    "not-a-mark": ("这不是标识的网址。请扫描标识，或完整输入网址。", "This is no address of a mark. Scan the code, or type the whole address."),
    # mark
    "mark": ("标识", "Mark"),
    "mark-issued": ("该标识由 {issuer} 签发", "This mark was issued by {issuer}"),
    "mark-withdrawn": ("该标识已被撤回", "This mark was withdrawn"),
    "certificate-withdrawn": ("该标识所依据的证书已被撤回", "The certificate behind this mark was withdrawn"),
    "mark-not-proved": ("该标识在日志中，但未能验真", "This mark is in the log, but could not be proved"),
    "mark-withheld": ("该标识在日志中，内容未公开", "This mark is in the log; its record is not public"),
    "mark-not-issued": ("此处未签发该标识", "Not issued here"),
    "mark-not-issued-more": (
        "日志 {origin} 截至第 {size} 条没有签发过这个标识。其他日志可能签发过；若标识印在产品上，请向销售方询问。",
        "The log {origin} has issued no such mark up to size {size}. Another log may have. If it stands on a product, ask the seller.",
    ),
    "under-certificate": ("证书 {number}，用于", "Under certificate {number}, for"),
    "nothing-against": ("截至日志第 {size} 条，没有任何不利记录。", "Nothing is known against it at log size {size}."),
    "cases-against": ("有 {count} 份问题报告。", "{count} problem reports were opened about it."),
    "claims-against": (
        "有 {count} 条记录声称签发了该标识，请留意。",
        "{count} records claim to have issued this mark; that is worth a look.",
    ),
    "troubles": ("证据链中有不再成立的记录", "Some evidence behind this no longer holds"),
    "scans": ("扫描次数", "Scans"),
    "scanned-never": ("此前没有扫描过", "Not scanned before"),
    "scanned": ("此前扫描 {count} 次，最近一次：{day}", "Scanned {count} times before; last on {day}"),
    "scanned-hint": (
        "如果包装刚刚拆封而此前已多次扫描，标识可能被复制。",
        "If you have just opened the package and it was scanned many times before, the code may have been copied.",
    ),
    "item": ("物品", "Item"),
    "where": ("最近所在", "Last seen"),
    "where-at": ("{day} 记录", "reported on {day}"),
    "where-unknown": ("没有位置记录", "No report of where it is"),
    "within": ("位于", "Inside of"),
    "product": ("产品", "Product"),
    "holder": ("持证方", "Holder"),
    "sealed": ("封存时间", "Sealed"),
    "way-back": ("追溯", "The way back"),
    "way-back-lead": ("每一步旁边写明核对到什么程度。", "Each step says how far it was checked."),
    "whole-tree": ("查看完整证据树", "See the whole tree of evidence"),
    "dossier": ("下载证据包（可离线核对）", "Download the dossier, to verify offline"),
    "and-more": ("等 {count} 项", "and {count} in all"),
    "what-this-says": ("本页说明什么，不说明什么", "What this page says, and what it does not"),
    "what-this-says-more": (
        "本页说明日志中谁签发了该标识、依据什么、核对到哪一步。它不能断定您手中的物品就是标识所指的物品：标识可以被复制。",
        "This page says who issued the mark, on what grounds, and how far that was checked. It cannot say that the thing in your "
        "hand is the item that the mark was put on: a code can be copied.",
    ),
    "your-mark": ("您查询的标识", "The mark you asked for"),
    # report
    "report": ("反映问题", "Report a problem"),
    "report-lead": (
        "您写的内容不会进入公开日志，只留下一个加盐的承诺值；请不要填写联系方式以外的个人信息。",
        "What you write never enters the public log, only a salted commitment to it. Please leave out personal details.",
    ),
    "matter": ("问题类型", "What is it about"),
    "report-text": ("说明（最多 2,000 字）", "What happened (at most 2,000 characters)"),
    "send": ("提交", "Send"),
    "reported": ("已收到您反映的问题", "Your report was received"),
    "case-number": ("受理编号", "Case number"),
    "case-keep": ("请记下编号；再次提交同一表单不会重复立案。", "Please keep the number. Sending the same form again opens no second case."),
    "case-sealed": ("立案记录已封存到日志中。", "The case was sealed into the log."),
    "case-not-sealed": (
        "已保存，但尚未封存到日志中：本服务没有签名密钥，运营方会另行封存。",
        "It was kept, but it is not sealed yet: this server holds no key, the operator will seal it.",
    ),
    "case-record": ("查看立案记录", "See the record of the case"),
    "back-to-mark": ("返回标识页面", "Back to the mark"),
    # tree
    "tree": ("证据树", "Tree of evidence"),
    "tree-lead": ("每一层是上一层所依据的记录。", "Each level is what the one above rests on."),
    "shown-above": ("见上文", "Shown above"),
    "about-leaf": ("针对第 {leaf} 叶", "About leaf {leaf}"),
    "rests-on": ("依据 {count} 项", "Rests on {count}"),
    "open-record": ("打开记录", "Open the record"),
    # record
    "record": ("证据记录", "Record"),
    "states": ("陈述内容", "What it states"),
    "issuer": ("签发方", "Issuer"),
    "place-in-log": ("在日志中的位置", "Place in the log"),
    "entry-number": ("第 {index} 条", "Entry {index}"),
    "proof-holds": ("收录证明已核对：该记录在日志的 {size} 条之中。", "Proof checked: the record is among the {size} entries of the log."),
    "proof-fails": ("收录证明未通过：{why}", "The proof does not hold: {why}"),
    "proof-pending": ("该记录尚未公布，暂无收录证明。", "The record is not yet published, so it has no proof."),
    "entry-hash": ("日志条目的 SHA-256", "SHA-256 of the log entry"),
    "tlog-proof": ("收录证明（C2SP tlog-proof）", "Proof of inclusion (C2SP tlog-proof)"),
    "signed-bytes": ("签名原文", "Signed bytes"),
    "header": ("头部", "Header"),
    "payload": ("载荷", "Payload"),
    "signature": ("签名", "Signature"),
    "compact": ("紧凑 JWS", "Compact JWS"),
    "streams": ("主题流", "Streams"),
    "references": ("所引用的记录", "Records that it names"),
    "basis": ("判定依据", "What the decision read"),
    "basis-lead": ("日志第 {size} 条时，以 {instant} 为准", "At log size {size}, for {instant}"),
    "records-read": ("读取的记录", "Records read"),
    "streams-read": ("读取的主题流", "Streams read"),
    "count-records": ("{count} 条", "{count} records"),
    "resting": ("以此为依据的记录", "What rests on it"),
    "resting-more": ("另有 {count} 条未列出", "{count} more are not listed"),
    "command": ("指令", "Command"),
    "withheld-record": (
        "该记录在日志中，但内容未公开；只能说明它的编号、位置和收录证明。",
        "The record is in the log, but its text is not public. Only its id, place and proof are told.",
    ),
    "key-id": ("密钥标识", "Key"),
    "record-id": ("记录编号（SHA-256）", "Record id (SHA-256)"),
    # log
    "checkpoint": ("检查点", "Checkpoint"),
    "checkpoint-passed": ("检查点签名已按信任策略核对", "The checkpoint's signature was checked by the trust policy"),
    "checkpoint-failed": ("检查点未通过核对：{why}", "The checkpoint does not hold: {why}"),
    "checkpoint-unchecked": ("检查点未核对：没有信任策略", "The checkpoint was not checked: there is no trust policy"),
    "origin": ("源日志", "Origin"),
    "size": ("条数", "Size"),
    "root": ("根", "Root"),
    "cosigned": ("见证联署", "Cosigned by"),
    "cosigned-nobody": ("没有见证方联署", "Cosigned by nobody"),
    "policy": ("信任策略", "Trust policy"),
    "entries": ("条目", "Entries"),
    "newer": ("较新", "Newer"),
    "older": ("较早", "Older"),
    "page-of": ("第 {page} / {pages} 页", "Page {page} of {pages}"),
    "mirror": ("自行镜像和核对", "Mirror it and check it yourself"),
    "mirror-lead": (
        "日志是普通文件，任何人都可以复制。镜像会核对每一片，并拒绝另一种历史。",
        "The log is plain files that anybody may copy. A mirror checks every tile and refuses another history.",
    ),
    "entry": ("条目", "Entry"),
    "kind": ("类", "Kind"),
    "state": ("状态", "State"),
    # lot
    "lot": ("批", "Lot"),
    "items-count": ("{count} 件", "{count} items"),
    "formed": ("组批", "Formed"),
    "made-by": ("生产方", "Made by"),
    "lot-verdict": ("批判定", "Decision on the lot"),
    "lot-readings": ("读数与限值", "Readings against the limits"),
    "sample": ("样本", "Sample"),
    "sample-told": (
        "抽取 {size} 件，其中不合格 {bad} 件；接收数 {accept}，拒收数 {reject}",
        "{size} items were drawn, {bad} of them nonconforming; accept at most {accept}, reject from {reject}",
    ),
    "seed": ("公布的种子", "Published seed"),
    "seed-more": (
        "任何人用这个种子都会抽到同一样本：按 SHA-256(种子, 换行, 物品) 取最小的 {size} 个。",
        "With this seed anybody draws the same sample: the {size} smallest SHA-256 of seed, newline, item.",
    ),
    "plan": ("抽样方案", "Sampling plan"),
    "worth": ("这个方案有多大分辨力", "What the plan is worth"),
    "worth-lead": (
        "批量 {lot}，样本量 {size}，接收数 {accept}：不同质量的批被接收的概率（超几何分布）。",
        "Lot of {lot}, sample of {size}, acceptance number {accept}: how often lots of each quality are accepted (hypergeometric).",
    ),
    "worth-quality": ("批中不合格品", "Nonconforming in the lot"),
    "worth-probability": ("接收概率", "Probability of acceptance"),
    "see-items": ("查看各件", "See the items"),
    "values": ("数值", "Values"),
    "value": ("数值", "Value"),
    "indicated": ("示值", "Indicated"),
    "uncertainty": ("扩展不确定度 U（k = 2）", "Expanded uncertainty U (k = 2)"),
    "limit-lower": ("下限", "Lower limit"),
    "limit-upper": ("上限", "Upper limit"),
    "acceptance-lower": ("接受下限", "Lower acceptance limit"),
    "acceptance-upper": ("接受上限", "Upper acceptance limit"),
    "acceptance-tightest": ("（最严）", " (tightest)"),
    "compared": ("修约后", "Rounded"),
    "verdict": ("判定", "Verdict"),
    "requirement": ("要求", "Requirement"),
    "rule": ("判定规则", "Decision rule"),
    "comparison": ("比较方法", "Comparison"),
    "condition": ("条件", "Condition"),
    "procedure": ("方法", "Procedure"),
    "instrument": ("仪器", "Instrument"),
    "measured": ("测量时间", "Measured"),
    "from-to": ("{start} 至 {end}", "{start} to {end}"),
    "conforming-of": ("{count} 件中 {good} 件合格", "{good} of {count} conform"),
    "range-of": ("{low} 至 {high}", "{low} to {high}"),
    "rows-missing": ("各件数据不在本处：{why}", "The rows are not at hand: {why}"),
    "rows-first": ("此处列出前 {count} 件", "The first {count} items are listed"),
    "chart-histogram": ("{count} 件读数的分布与限值", "How {count} readings lie to the limits"),
    "chart-values": ("各样品的数值、不确定度与限值", "Values of the samples with their uncertainty, and the limits"),
    "chart-series": ("逐次测量的数值与限值", "Values measurement by measurement, and the limit"),
    "chart-errors": ("{quantity}的示值误差与不确定度", "Errors of indication with their uncertainty: {quantity}"),
    "legend-values": ("测得值", "Measured value"),
    "legend-uncertainty": ("± U", "± U"),
    "legend-limit": ("限值", "Limit"),
    "legend-acceptance": ("接受限", "Acceptance limit"),
    "axis-items": ("件数", "items"),
    "order": ("序", "No."),
    # product
    "type-tests": ("型式试验", "Type tests"),
    "scope": ("认可范围", "Scope of accreditation"),
    "requirements": ("要求", "Requirements"),
    "number": ("编号", "Number"),
    "certified-by": ("发证方", "Issued by"),
    # instrument
    "owner": ("所有者", "Owner"),
    "serial": ("出厂编号", "Serial number"),
    "indicates": ("示值量", "Indicates"),
    "resolution": ("分辨力", "Resolution"),
    "stability": ("两次校准之间的变化（标准不确定度）", "Change between calibrations (standard uncertainty)"),
    "interval": ("校准间隔", "Calibration interval"),
    "interval-days": ("{days} 天（所有者规定）", "{days} days (the owner's)"),
    "certificates": ("证书", "Certificates"),
    "performed": ("校准或检定日期", "Performed"),
    "due": ("到期", "Due"),
    "due-computed": ("按所有者规定的间隔计算", "computed from the owner's interval"),
    "due-stated": ("证书载明的有效期", "as the certificate states"),
    "overdue": ("已过期", "overdue"),
    "how-calibration": ("校准证书", "Calibration certificate"),
    "how-verification": ("检定证书", "Verification certificate"),
    "how-transcribed calibration": ("纸质校准证书的转录", "Transcription of a calibration certificate"),
    "how-transcribed verification": ("纸质检定证书的转录", "Transcription of a verification certificate"),
    "transcribed": (
        "由 {who} 转录，由 {checker} 核对并会签。转录只是陈述，不构成溯源至 SI 的证据。",
        "Transcribed by {who}, checked and countersigned by {checker}. A transcription is only stated; it does not reach the SI.",
    ),
    "transcribed-unchecked": (
        "由 {who} 转录；应由 {checker} 核对，但没有其会签。转录只是陈述。",
        "Transcribed by {who}. {checker} is named as checker but has not countersigned. A transcription is only stated.",
    ),
    "errors": ("示值误差", "Errors of indication"),
    "reference-value": ("标准值", "Reference value"),
    "error": ("误差", "Error"),
    "uncertainty-k": ("U（k = {k}）", "U (k = {k})"),
    "mpe": ("最大允许误差", "Maximum permissible error"),
    "verified-range": ("检定范围", "Verified range"),
    "accuracy-class": ("准确度等级", "Accuracy class"),
    "used-in": ("用于这些读数", "Readings taken with it"),
    "quantity": ("量", "Quantity"),
    "standards-used": ("所用标准器的证书", "Certificates of the standards used"),
    "no-standards": (
        "证书没有引用上一级标准器的证书：溯源在此处没有更多证据。",
        "The certificate names no certificate of a reference standard: traceability is not evidenced beyond it.",
    ),
    "realises": ("复现 SI 单位", "Realises the SI unit"),
    # item
    "verdicts": ("判定", "Verdicts"),
    "proof-of-row": ("这一行的证明", "Proof of this row"),
    "proof-of-row-more": (
        "第 {leaf} 叶，共 {count} 叶；路径上的 {steps} 个散列值通向记录中的根。",
        "Leaf {leaf} of {count}; the {steps} hashes of the path lead to the root that the record states.",
    ),
    "contents": ("内含", "What is in it"),
    "history": ("经历", "What happened to it"),
    "marked": ("标识", "Marked"),
    "marked-more": ("标识以散列值列于第 {leaf} 叶", "The mark stands at leaf {leaf}, as a hash"),
    "of-lot": ("所属批", "Of the lot"),
    "no-verdict": ("没有判定", "No verdict"),
    "inside-parts": ("{count} 件，其中 {good} 件判定合格", "{count} parts, {good} of them judged conforming"),
    "event": ("事件", "Event"),
    "when": ("时间", "When"),
    "place": ("地点", "Place"),
    "into": ("装入", "into"),
    "out-of": ("取出", "out of"),
    # errors
    "error-404": ("没有找到", "Not found"),
    "error-400": ("无法理解这个请求", "This request is not understood"),
    "error-403": ("请求被拒绝", "Refused"),
    "error-405": ("此处不接受这种请求", "Not allowed here"),
    "error-413": ("内容太长", "Too long"),
    "error-429": ("提交过于频繁，请稍后再试", "Too many reports; try again later"),
    "error-503": ("暂时无法读取日志，请稍后再试", "The log cannot be read now; ask again"),
    "error-form": ("请选择问题类型并写明情况，然后再次提交。", "Choose what it is about, say what happened, and send again."),
    "error-origin": ("请从标识页面提交表单。", "Send the form from the page of the mark."),
    "error-home": ("回到概览", "To the overview"),
    "choose": ("中文", "English"),
}  # fmt: skip

PHRASES: Final[Mapping[str, Phrase]] = {
    name: Phrase(zh=zh, en=en) for table in (_PHRASES, STATES, KINDS, STEPS, FIELDS, VALUES) for name, (zh, en) in table.items()
}
"""Every phrase by name. A page that asks for any other fails in the tests, never before a reader."""


def phrase(name: str, language: str, **filled: object) -> str:
    """Return a phrase in a language."""
    found = PHRASES[name]
    text = found.zh if language == "zh" else found.en
    return text.format(**filled) if filled else text


def term(prefix: str, name: str, language: str) -> str:
    """Return a word of the evidence (a kind, a capacity, a field, a value) in a language; one that is not known stays as it is."""
    found = PHRASES.get(f"{prefix}:{name}")
    return name if found is None else found.zh if language == "zh" else found.en


def preferred(header: str) -> str:
    """Return `zh` or `en` as an Accept-Language header prefers; Chinese where it says nothing.

    Source: [RFC9110] section 12.5.4.
    """
    best, weight = "zh", 0.0
    for part in header[:1000].lower().split(","):
        tag, *parameters = [piece.strip() for piece in part.split(";")]
        language = tag.partition("-")[0]
        given = next((_weight(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
        if language in LANGUAGES and given > weight:
            best, weight = language, given
    return best


def _weight(text: str) -> float:
    digits = text.replace(".", "", 1)
    return min(float(text), 1.0) if digits.isascii() and digits.isdigit() else 0.0
