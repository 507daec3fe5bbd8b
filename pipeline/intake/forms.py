"""Forms: every schema a dropped file may have, and the form it is read into."""

from __future__ import annotations

from pipeline.intake.acceptance import ACCEPTANCE_SCHEMA, AcceptanceForm
from pipeline.intake.authority import AUTHORITY_SCHEMA, AuthorityForm
from pipeline.intake.change import CHANGE_SCHEMA, ChangeForm
from pipeline.intake.following import FollowingForm
from pipeline.intake.nda import NDA_SCHEMA, NdaForm
from pipeline.intake.order import ORDER_SCHEMA, OrderForm
from pipeline.intake.termination import TERMINATION_SCHEMA, TerminationForm

Form = OrderForm | FollowingForm

FORMS: dict[str, type[OrderForm | FollowingForm]] = {
    ORDER_SCHEMA: OrderForm,
    CHANGE_SCHEMA: ChangeForm,
    ACCEPTANCE_SCHEMA: AcceptanceForm,
    TERMINATION_SCHEMA: TerminationForm,
    NDA_SCHEMA: NdaForm,
    AUTHORITY_SCHEMA: AuthorityForm,
}
