"""Register words: what the register's codes are called when people are shown them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from archive.routes import ApprovalRules

_ACTS: Final = {
    "received": "受理",
    "received-again": "再次投放，续办",
    "drafted": "起草",
    "superseded": "被新版取代",
    "refused": "退回",
    "approved": "审批同意",
    "approval-reminded": "审批催办",
    "approval-escalated": "审批逾期上报",
    "approvals-voided": "审批意见作废",
    "approvals-restored": "审批意见恢复",
    "numbered": "编号",
    "seal-requested": "用印申请",
    "parked": "搁置",
    "sealed": "用印",
    "filed": "归档",
    "examined": "四性检测",
    "exported": "导出",
    "copied": "制作副本",
    "reminded": "缺件督办",
    "supplied": "登记补交",
    "placed": "装盒上架",
    "bound": "装订",
    "arranged": "整理",
    "checked": "检查",
    "recognised": "文字识别",
    "countersigned": "签署件归卷",
    "signed": "签订日期登记",
    "revised": "提交修订稿",
    "revision-withdrawn": "撤回修订稿",
    "revision-restored": "恢复修订稿",
}
_WHOLE: Final = {
    "hold:placed": "冻结",
    "hold:released": "解除冻结",
    "retention:dated": "起算日期登记",
    "retention:extended": "延长保管期限",
    "disposal:proposed": "提出鉴定",
    "disposal:appraised": "鉴定意见",
    "disposal:approved": "销毁清册审批",
    "disposal:returned": "鉴定退回",
    "disposal:executing": "开始销毁",
    "disposal:completed": "销毁办结",
    "dossier:destroyed": "销毁",
    "cleanup:proposed": "提出清理",
    "cleanup:confirmed": "清理确认",
    "cleanup:returned": "清理退回",
    "cleanup:done": "清理办结",
    "inspection:planned": "检查计划",
    "inspection:looked": "检查",
    "inspection:noted": "检查记录",
    "inspection:assigned": "问题指派",
    "inspection:closed": "问题销项",
    "inspection:ended": "检查结束",
    "inspection:reminded": "问题督办",
    "inspection:signed": "检查报告签署",
    "delegation:given": "授权代理",
    "delegation:ended": "结束代理",
    "paper:void-asked": "申请作废",
    "paper:voided": "作废",
    "seal:registered": "印章登记",
    "seal:state": "印章状态变更",
    "seal:keepers": "印章保管人变更",
    "seal:previewed": "印章预览",
}
"""Actions whose last part alone would say something else."""

_ACTORS: Final = {"inbox": "收件夹", "guidang": "系统"}
_ROLES: Final = {
    "sealed": "版式件正本",
    "docx": "Word 文件",
    "text": "全文文字",
    "order": "来件",
    "reading": "来件的读取结果",
    "proof": "核验记录",
    "proof_page": "核验页",
    "fourfold": "归档四性检测",
    "seal_proof": "印章拼合核验",
    "pdf": "版式件",
    "list": "数据",
    "original": "接收的原件",
    "ocr_text": "识别出的文字",
    "countersigned": "签署件（双方签署的原件）",
    "countersigned_text": "签署件上识别出的文字",
    "receipt": "接收凭据",
    "register": "接收清单",
    "catalogue": "移交目录",
}


def act_word(action: str) -> str:
    """Return ``变更协议审批同意`` for ``change:approved``; an action nobody named as it is."""
    from archive.acts import WORDS
    from pipeline.papers.kinds import KINDS

    subject, _, act = action.rpartition(":")
    given = {each.value: word for each, word in WORDS.items()}
    if action in _WHOLE:
        return _WHOLE[action]
    word = _ACTS.get(act) or given.get(act)
    if word is None:
        return action
    return f"{KINDS[subject].word if subject in KINDS else ''}{word}"


def actor_word(actor: str) -> str:
    """Return who acted: a person's name stays, the program's own are said in Chinese."""
    return _ACTORS.get(actor, actor)


def role_word(role: str) -> str:
    """Return what a file of a record is."""
    return _ROLES.get(role, role)


def step_word(rules: ApprovalRules, step: str) -> str:
    """Return what the firm's rules call an approval step; one they dropped keeps its code."""
    found = rules.step(step)
    return found.name if found else step
