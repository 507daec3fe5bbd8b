"""Sample people: somebody fictional for every role, and who keeps the directory."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from archive.db import open_register
from archive.directory import ADMINISTRATOR, User, directory_of, put_user
from pipeline.home import Home
from pipeline.peoplebook import keep_people

_KNOWN_SINCE: Final = datetime(2026, 1, 4, 1, 0, tzinfo=UTC)
SAMPLE_PEOPLE: Final = (
    User("feng", "冯管理", "信息部", "系统管理员", (ADMINISTRATOR,)),
    User("sun", "孙示例", "业务一部", "业务一部项目经理", ("起草",)),
    User("wu", "吴起草", "业务二部", "业务二部项目经理", ("起草",)),
    User("lin", "林晓舟", "综合部", "接单人员", ("核对",)),
    User("xu", "许衡", "法务部", "法务", ("法务审核",)),
    User("tao", "陶审言", "法务部", "法务负责人", ("法务复核",)),
    User("zhou", "周立群", "业务一部", "业务一部负责人", ("业务部门负责人",)),
    User("gu", "顾会签", "财务部", "财务负责人", ("财务负责人",)),
    User("fang", "方其远", "总经理办公室", "分管副总经理", ("分管领导",)),
    User("wei", "卫总样", "总经理办公室", "总经理", ("总经理",)),
    User("dong", "董示长", "董事会", "董事长", ("董事长",)),
    User("qian", "钱守印", "综合部", "印章保管人", ("印章保管人",)),
    User("shi", "施管合", "法务部", "合同管理人员", ("合同管理人员",)),
)
"""By the order of their steps; each holds one duty, as the regulation keeps duties apart."""


def add_sample_people(home: Home) -> None:
    """Put the sample people into the directory of a home that has nobody yet."""
    register = open_register(home.database)
    with register.write.begin() as session:
        if not directory_of(session).users:
            for user in SAMPLE_PEOPLE:
                put_user(session, user, by=SAMPLE_PEOPLE[0].login, at=_KNOWN_SINCE)
            keep_people(session, home)
    register.engine.dispose()
