"""Sample firms: the fictional company, clients, work and goods that samples are made of."""

from __future__ import annotations

COMPANY = "示例网络技术（北京）有限公司"
COMPANY_USCC = "91110105MA0GD00023"
PREFIX = "GD"
SOURCE = "示例OA"
"""The one upstream system the sample rules trust."""
KEEPERS = {
    "archivists": ("档小安", "档小宁"),
    "appraisers": ("鉴一鸣", "鉴二南", "鉴三木"),
    "approvers": ("法定代",),
    "witnesses": ("监小天", "监小地", "监小人"),
    "legal": ("冻小法", "冻小务"),
    "clerks": ("签小收",),
    "inspectors": ("查小实", "查小细"),
    "confirmers": ("核小准",),
}
"""Who does what with kept dossiers at the sample firm, by role of rules/retention.toml."""

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WORK = (
    ("机房及弱电系统驻场运维", "2 人驻场，7×12 小时", "月", "38000.00"),
    ("监控平台升级实施", "含安装、调试、培训", "项", "86500.00"),
    ("数据治理咨询", "含现状调研与方案", "项", "128000.00"),
    ("门户网站改版及等保整改", "含测评配合", "项", "64200.00"),
    ("视频会议系统保障", "重要会议现场值守", "次", "1850.00"),
    ("备份系统巡检", "每季度一次，含恢复演练", "次", "3266.67"),
)
GOODS = (
    ("六类非屏蔽网线", "305 米/箱，CPR B2ca", "箱", "598.00"),
    ("48 口千兆接入交换机", "含三年质保", "台", "4380.00"),
    ("机架式服务器", "2U，256 GB 内存，双电源", "台", "42800.00"),
    ("UPS 电池组", "12 V 100 Ah × 16", "组", "11899.99"),
    ("光纤跳线", "LC-LC 10 m，OM4", "条", "45.30"),
)
CLIENTS = (
    (
        "示例园区运营管理有限公司",
        "浙江省杭州市西湖区示例路18号3幢",
        "阿依努尔·买买提",
        "王𬭼",
        "㛃文静",
        "杭州",
    ),
    (
        "样本医药（上海）股份有限公司",
        "上海市浦东新区样本路200弄8号",
        "欧阳示",
        "陈样本",
        "李文",
        "上海",
    ),
    (
        "A&B 示范咨询（深圳）有限公司",
        "广东省深圳市南山区示范大道1号“创新谷”A座",
        "郑𠅤",
        "苏示范",
        "何䶮",
        "深圳",
    ),
    ("示例大学后勤服务中心", "湖北省武汉市示例区学府路9号", "龚示例", "吴样", "赵敏示", "武汉"),
    (
        "虚构能源装备集团有限责任公司",
        "陕西省西安市虚构区能源一路77号",
        "马虚构",
        "韩例",
        "秦岭示",
        "西安",
    ),
    (
        "例子物流供应链（天津）有限公司",
        "天津市滨海新区例子道12号<保税>仓3库",
        "冯例子",
        "蒋样",
        "沈例",
        "天津",
    ),
)
PROJECTS = (
    "弱电系统运维及监控平台升级项目",
    "数据中心年度运维项目",
    "网络安全等级保护整改项目",
    "视频会议与协同办公保障项目",
    "信息机房扩容及搬迁项目",
)


def sample_uscc(body: str) -> str:
    """Return `body` (17 characters) with inner and outer check characters (GB 32100-2015)."""
    inner = body[8:16]
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(char, 36) * weight for char, weight in zip(inner, weights, strict=True))
    rest = 11 - total % 11
    body = body[:16] + ("X" if rest == 10 else "0" if rest == 11 else str(rest))  # noqa: PLR2004
    outer = sum(_USCC_ALPHABET.index(char) * pow(3, i, 31) for i, char in enumerate(body))
    return body + _USCC_ALPHABET[(31 - outer % 31) % 31]
