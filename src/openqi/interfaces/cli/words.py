"""The main words of the output in Chinese; English is the key. What --json writes is never translated."""

from collections.abc import Mapping
from typing import Final

from openqi.interfaces.cli.control_words import CONTROL

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
    # contents
    "kept": "完好", "bytes": "字节", "unnamed": "无人引用", "damaged": "已损坏", "missing": "不在",
    # keys
    "algorithm": "算法", "kid": "密钥标识", "party": "当事方", "replaces": "替换", "since": "自序号", "public key": "公钥",
    "station": "服务站", "until": "至", "proof": "持有证明",
    # how far a step of the way back was checked; "failed", "replayed" and "withheld" stand above
    "signature checked": "已验签", "only stated": "仅据声明", "illustrative": "示例", "withdrawn": "已撤回", "not here": "不在此处",
    # what a record is to the step above it
    "mark": "标识", "certificate of conformity": "合格证书", "scope of accreditation": "认可范围", "type test": "型式试验",
    "lot decision": "批判定", "lot": "批", "verdicts": "判定结果", "sampling plan": "抽样方案", "requirement": "要求",
    "readings": "读数", "procedure": "测量程序", "instrument": "测量仪器", "certificate of the instrument": "仪器证书",
    "reference standard": "参考测量标准", "marks": "标识", "SI": "国际单位制（SI）", "end of the chain": "证据链终点",
    "every branch reaches the SI": "每个分支都溯源到国际单位制（SI）", "branches end": "分支终止于",
    "control plan": "控制计划", "baseline": "基线", "earlier baseline": "前一条基线", "evaluated chart": "控制图判定",
    "readings before": "此前的读数", "confirmed alarm": "已确认的报警", "baseline or evaluated chart": "基线或控制图",
    "list of objects": "对象名录", "list of items": "事项清单", "list of officers": "人员名录",
    "limit of publication": "公示期限", "time limit": "时限",
    "cancelled draw": "取消的抽取", "commitment": "抽取承诺", "randomness": "随机数",
    "withdrawn value": "撤回过的值", "withdrawn draw": "撤回过的结果", "withdrawn assignment": "撤回过的人员匹配",
    "withdrawn report": "撤回过的检查结果", "hidden draw": "隐藏的抽取结果", "classification": "分类",
    "draw": "抽取结果", "assignment": "人员匹配", "evidence": "依据", "visit": "检查结果",
    "scheme": "分类方案", "model": "模型", "model in force": "在用模型", "challenger": "新模型", "features": "对象特征",
    "appeal": "异议", "indicator tree": "指标体系",
    # what a step says
    "features of the model": "个特征", "takes-over": "新模型接任", "stays": "在用模型留任", "open": "未定", "upheld": "成立",
    "left out": "个排除", "objects": "个对象", "recusals": "条回避", "drawn": "个抽中",
    "hidden until its visits are over": "检查期内隐藏",
    "randomness could be known": "当时随机数已可知", "randomness was not known": "当时随机数尚不可知",
    "visits": "次检查", "moved by workload": "次因负荷调整", "objects reported": "个对象已有结果",
    "objects examined": "个对象已检查", "hit rate": "问题发现率", "population rate": "总体不合格率",
    "working days": "个工作日", "calendar days": "天", "months": "个月", "hours": "小时",
    "waiting": "个尚无结果", "corrected": "经责令已改正", "not-found": "登记住所无法联系",
    "not-visited": "未检查", "closed": "停业或清算", "inspection refused": "不配合检查", "not-operating": "未开展所查业务",
    "deregistered": "注销、吊销或迁出", "inspected-again": "复查",
    "objected": "提出异议", "punished": "行政处罚", "handed-over": "移送",
    "ended": "了结",
    "points in alarm": "点报警", "confirmed": "已确认", "refuted": "已否定",
    "conforming": "合格", "nonconforming": "不合格", "undecided": "未定",
    "accepted": "接收", "rejected": "不接收", "items": "件", "simulated": "模拟",
    "transcribed": "转录", "checked by": "核对方", "simple-acceptance/1": "简单接受", "guarded-acceptance/1": "带保护带的接受",
    "scaled-guard/1": "按比例的保护带", "written for an example; not the SI": "为示例而编写，未溯源到国际单位制（SI）",
    "traceability is not evidenced beyond this certificate": "此证书以上的溯源没有证据",
    # a quality file
    "quality file of": "质量档案的主体", "index made again": "目录重新生成", "speaks against": "不利或撤销的记录",
    "decided again, same result": "已复算，结果一致", "stated: signature and log only": "仅为声明：只核签名和日志",
    "not decided again: something is withheld": "未复算：有内容不公开", "not decided again: unknown command": "未复算：指令未知",
    "records named and withheld": "被引用而不公开的记录", "governance": "治理", "standards": "标准", "metrology": "计量",
    "conformity": "合格评定", "accreditation": "认可", "process-control": "过程控制", "traceability": "追溯",
    "surveillance": "监管",
    # what becomes of what rests on a record
    "same": "不变", "values": "数值变", "flips": "翻转", "falls": "不成立", "nothing rests on it": "没有记录以它为依据",
    "readings judged": "读数判定", "result judged": "结果判定", "lot decided": "批判定", "certificate issued": "证书签发",
    "marks issued": "标识签发", "readings corrected otherwise": "修正有变的读数记录", "items decided again": "重新判定的件数",
    "with another verdict": "判定改变的件数", "not seen": "未见其踪", "all of them": "全部", "marks touched": "涉及的标识",
    # workspaces and their sections; "parties", "readings" and "marks" stand above
    "files": "文件", "nothing new": "没有新内容", "no longer declared, still stands": "不再声明，记录仍有效", "address": "地址",
    "products": "产品", "instruments": "测量仪器", "procedures": "测量程序", "certificates": "仪器证书", "clauses": "条款",
    "lots": "批", "plans": "抽样方案", "judgements": "符合性判定", "decisions": "判定", "accreditations": "认可",
    "certifications": "认证", "events": "事件", "evaluations": "不确定度评定",
    "control_plans": "控制计划", "process_readings": "过程读数", "baselines": "基线", "control_charts": "控制图",
    "assessments": "报警处置", "capabilities": "过程能力",
    "calendars": "日历", "limits": "时限", "item_lists": "抽查事项清单", "frames": "检查对象名录", "officers": "执法检查人员",
    "draws": "抽取承诺", "cancelled_draws": "取消的抽取", "made_draws": "抽取结果", "assignments": "人员匹配",
    "assignment_changes": "人员变更", "visit_results": "检查结果", "shown_draws": "公开的抽取", "publications": "结果公示",
    "follow_ups": "后续处置", "rates": "不合格率",
    "pledges": "承诺", "pledge_signatures": "承诺签署", "shown_obligations": "承诺证据", "pledge_proofs": "书面证明",
    "complaints": "投诉", "complaint_decisions": "受理决定", "complaint_tests": "投诉检验",
    "complaint_answers": "企业答复", "ended_complaint_tests": "投诉检验结束", "closed_complaints": "投诉办结",
    "upheld_complaints": "公示的成立投诉", "disputes": "争议", "accepted_disputes": "接受的争议处理办法",
    "settled_disputes": "争议结果",
    "ended_pledges": "终止的承诺", "benchmark_programmes": "标杆跟踪计划", "benchmark_reviews": "标杆复核",
    # acts
    "private": "仅签发方", "field": "字段", "required": "必填", "Sign this?": "签名？",
    "signatures": "签名文件", "will be sealed": "将封存", "refused": "被拒", "wrong": "有误", "there already": "已存在",
    "sealed": "已封存", "not in it": "未含",
    "Erase this account for good?": "永久注销此账号？",
    # tasks
    "late": "逾期", "done": "已办", "declined": "不办",
    # uncertainty
    "result": "结果", "standard uncertainty": "标准不确定度", "degrees of freedom": "自由度", "not defined": "无定义",
    "correlation": "相关系数", "expanded uncertainty": "扩展不确定度", "bias": "偏倚", "warning": "警告",
    "source of uncertainty": "不确定度来源",
    "contribution": "不确定度分量", "share": "占比", "measurement model": "测量模型", "Monte Carlo": "蒙特卡洛法",
    "shortest interval": "最短包含区间", "symmetric interval": "概率对称包含区间", "first order fits": "一阶法适用",
    "terms of second order": "二阶项", "trials": "试验次数",
    "too few trials to tell": "试验次数太少，无法判断", "seed": "种子", "generator": "发生器",
    # calibration functions and decisions
    "value": "值", "outcome": "结论", "pass": "通过", "conditionalPass": "有条件通过", "conditionalFail": "有条件不通过",
    "fail": "不通过", "noPass": "不能判定通过", "noFail": "不能判定不通过", "compared": "用于比较的值",
    "accepted from": "接收区间", "no value": "无可接收的值",
    "rejected outside of": "此区间之外拒收", "risk of being wrong": "误判风险",
    "rule": "判定规则", "comparison": "比较方法", "full-value": "全数值比较", "rounded-value": "修约值比较",
    "simple-acceptance/2": "简单接受", "guarded-acceptance/2": "带保护带的接受", "scaled-guard/2": "r 倍 U 的保护带",
    "iso-14253-1/1": "ISO 14253-1 判定", "specific-risk/1": "按特定风险", "global-risk/1": "按总体风险",
    "rss/1": "平方和根法", "tur-95/1": "按测试不确定度比（U95）", "tur-rp10/1": "按测试不确定度比（RP-10）",
    "tur-dobbert/1": "按测试不确定度比（Dobbert）", "tur-same-as-4/1": "与 4:1 同等风险", "coefficient": "系数",
    "residual standard deviation": "残差标准偏差",
    "chi squared": "卡方", "origin of powers": "幂的原点", "points": "点数", "degree": "次数", "fit": "拟合",
    "ordinary": "普通最小二乘", "weighted": "加权最小二乘", "generalised": "广义距离回归", "f-test": "F 检验",
    "aicc": "AICc", "at x": "在 x 处", "at y": "由 y 反求",
    # run lengths
    "run length": "平均链长", "error at most": "误差不超过", "standard error": "标准误", "method": "方法", "limit": "控制限",
    "markov chain": "马尔可夫链（精确）", "quadrature": "积分方程（有误差界）", "simulation": "模拟", "closed form": "解析式",
    "signals by": "报警概率达到", "assumed": "前提", "points are independent": "各点相互独立",
    "points are normal": "各点服从正态分布", "mean and standard deviation are known": "均值与标准差已知",
    "streams watched": "数据流数", "points a week": "每周点数", "alarms a week": "每周虚警",
    "a chart begins anew after each alarm; streams may depend on each other in any way": "报警后控制图重新开始；各流之间可任意相关",
    "streams are independent of each other, and their charts have no memory": "各流相互独立，且控制图无记忆",
    # control charts
    "panel": "图", "stage": "阶段", "centre line": "中心线", "lower limit": "下控制限", "upper limit": "上控制限",
    "violations": "判异点数", "breaks rule": "违反准则", "more points; --json has all": "个点未列出，见 --json",
    "no rule is broken": "没有违反任何准则",
    "individuals": "单值", "moving-range": "移动极差", "mean": "均值", "range": "极差", "standard-deviation": "标准差",
    "proportion": "不合格品率", "defective-units": "不合格品数", "rate": "单位缺陷数", "ewma": "指数加权移动平均",
    "upper-sum": "上侧累积和", "lower-sum": "下侧累积和", "sum": "累积和", "root-mean-square": "均方根",
    "units-between": "间隔件数", "transformed-time": "变换后的间隔时间", "standardised": "标准化值", "deviation": "与名义值之差",
    "squared-distance": "T²", "residual": "残差", "likelihood-ratio": "似然比", "likeliest first point": "最可能的变点",
    "ratio": "似然比值", "median": "中位数", "runs": "链数", "p clustering": "p（聚集）", "p mixture": "p（混合）",
    "longest run": "最长链", "longest run limit": "最长链界限", "crossings": "穿越数", "crossings limit": "穿越数下限",
    "runs up and down": "升降链数", "p trend": "p（趋势）", "p oscillation": "p（振荡）",
    # a plant
    "run": "第几次运行", "new files": "新文件", "parts": "分块", "done before": "此前已完成", "plant streams": "全厂数据流",
    "readings so far": "累计读数", "points with violations": "本次判异点", "alarms so far": "累计报警",
    "streams with alarms": "有报警的数据流", "results": "结果目录", "not certified": "无法保证",
    "breaks rules": "违反准则", "duplicates": "重复读数", "set aside": "另存未判", "violations so far": "累计判异点",
    # many streams
    "named unstable": "判为不稳定", "false discovery rate": "错误发现率", "unstable-incapable": "不稳定且能力不足",
    "unstable-capable": "不稳定但有能力", "stable-incapable": "稳定但能力不足", "stable-capable": "稳定且有能力",
    "unstable": "不稳定", "rank": "位次", "plant stream": "数据流", "screened as": "判断", "alarms": "报警",
    "expected": "预期", "chance": "概率", "shift/s": "偏移/σ", "stability index": "稳定性指数",
    "more streams; --top 0 lists all": "个数据流未列出，--top 0 列出全部",
    # digital certificates
    "schema version": "模式版本", "laboratory": "校准实验室", "customer": "客户", "performed": "校准日期",
    "items calibrated": "校准对象", "certificates named": "所列证书", "not read": "未读取项", "structure": "结构",
    "schema (XSD)": "XSD 模式", "rules of content": "内容规则", "verdict on": "判定对象", "stated": "声明",
    "decided again": "重新判定", "why": "理由", "line": "行", "signer": "签名人", "signed at": "签名时间",
    "revocation": "吊销状态", "judged at": "验证时间", "claimed": "仅签名人自称", "timestamp": "时间戳", "valid": "有效",
    "valid-then-expired-now": "签名时有效，证书现已过期", "changed": "签名后被改动", "broken": "签名不成立",
    "revoked": "签名时证书已吊销", "unknown-issuer": "签发机构未知", "not-signed": "未签名", "not-checked": "未检查",
    "good": "未吊销", "signed properties": "签名属性", "document": "文件内容", "time": "时间", "today": "现状",
    "identifier": "编号", "in force on": "有效日", "matches": "哈希相符", "wrong-hash": "哈希不符", "expired": "已到期",
    "paper": "纸质", "si": "国际单位制（SI）", "unknown-procedure": "未知算法", "it names no certificate": "未列出任何证书",
    "no certificate": "没有证书", "nothing is due": "没有到期的仪器",
    # errors
    "error": "错误", "corrected by": "更正为", "not issued": "不再签发", "no verdict": "不再有判定",
    # capability; "readings" and "method" of other places mean the same here
    "spread overall": "总标准差", "spread within": "组内标准差", "stability": "稳定性", "stable": "稳定",
    "not stable": "不稳定", "measurement uncertainty": "测量不确定度", "capability index": "能力指数",
    "interval": "置信区间", "outside, ppm": "超限，百万分之", "below": "低于下限", "above": "高于上限", "total": "合计",
    "Z bench": "Z 基准", "observed": "观测", "within": "组内", "overall": "总体", "assumption": "假定", "normal": "正态",
    "pooled": "合并方差", "mean-range": "平均极差/d2", "mean-sd": "平均标准差/c4",
    "median-moving-range": "移动极差中位数/d4", "successive-differences": "逐差均方", "sd": "标准差",
    "effective": "有效", "nominal": "名义",
    "lognormal": "对数正态", "weibull": "威布尔", "gamma": "伽马", "exponential": "指数分布", "rayleigh": "瑞利",
    "folded-normal": "折叠正态", "logistic": "逻辑斯谛", "loglogistic": "对数逻辑斯谛", "smallest-extreme-value": "极小值",
    "largest-extreme-value": "极大值", "box-cox": "Box-Cox 变换",
    **CONTROL,
}  # fmt: skip


STATES: Final[Mapping[str, str]] = {"replayed": "已复算"}
"""States whose English is also the label of a step, which is another word in Chinese."""
REACHED: Final[Mapping[str, str]] = {"proved": "已验真", "replayed": "已复算", "complete": "已核全"}
"""What a verification came to where all of its steps passed; never shown for anything less."""


def language_of(environment: Mapping[str, str]) -> str:
    """Return `zh` or `en` as the locale asks: the first of LC_ALL, LC_MESSAGES and LANG that says something."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "zh" if environment[name].lower().startswith("zh") else "en"
    return "en"


def state_word(state: str, language: str) -> str:
    """Return a state in a language."""
    return STATES[state] if language == "zh" and state in STATES else word(state, language)


def word(text: str, language: str) -> str:
    """Return a main word in a language; what has no translation stays as it is."""
    return CHINESE.get(text, text) if language == "zh" else text
