"""Every module with tables: naming them here makes them known to whoever imports this page."""

from core.approvals import records as approval_rows
from core.approvals.delegations import records as delegation_rows
from core.approvals.talking import records as remark_rows
from core.catalogue.deployments import records as deployment_rows
from core.conversation.answering import records as inquiry_rows
from core.conversation.drafting import records as draft_rows
from core.conversation.learning import records as habit_rows
from core.conversation.memory import records as memory_rows
from core.conversation.sessions import records as session_turns
from core.conversation.spending import records as spending_rows
from core.health import records as health_rows
from core.incidents import records as incident_rows
from core.incidents.alerts import records as alert_rows
from core.incidents.heartbeats import records as heartbeat_rows
from core.incidents.links import records as link_rows
from core.incidents.practice import records as practice_rows
from core.incidents.remedies import records as remedy_rows
from core.incidents.reminding import records as pace_rows
from core.incidents.review import records as review_rows
from core.incidents.rooms import records as room_rows
from core.incidents.silences import records as silence_rows
from core.incidents.tasks import records as task_rows
from core.incidents.triage import records as triage_rows
from core.notify import records as notice_rows
from core.oncall import records as oncall_rows
from core.oncall.calendars import records as calendar_rows
from core.oncall.swapping import records as swap_rows
from core.paging import records as page_rows
from core.people import records as person_rows
from core.people.absences import records as absence_rows
from core.people.factor import records as factor_rows
from core.people.passes import records as pass_rows
from core.people.sessions import records as session_rows
from core.people.tokens import records as token_rows
from core.runbooks import records as run_rows
from core.runbooks.asking import records as question_rows
from core.runbooks.checkpoints import records as checkpoint_rows
from core.runbooks.locking import records as lock_rows
from core.runbooks.rehearsing import records as rehearsal_rows
from core.runbooks.telling import records as note_rows
from core.runbooks.wishing import records as wish_rows
from core.store import (
    anchor,
    audit,
    deadlines,
    dispatch,
    events,
    inbox,
    leases,
    numbers,
    outages,
    outbox_rows,
)
from core.trading import records as trade_rows

TABLES = (
    *(anchor, audit, deadlines, dispatch, events, inbox, leases, numbers, outages, outbox_rows),
    *(approval_rows, delegation_rows, incident_rows, notice_rows, person_rows, run_rows, token_rows),
    *(absence_rows, factor_rows, oncall_rows, pass_rows, remark_rows, session_rows),
    *(
        inquiry_rows,
        draft_rows,
        health_rows,
        note_rows,
        question_rows,
        session_turns,
        spending_rows,
        trade_rows,
        wish_rows,
    ),
    *(calendar_rows, habit_rows, heartbeat_rows, memory_rows, page_rows, rehearsal_rows, remedy_rows),
    *(review_rows, room_rows, triage_rows),
    *(pace_rows, alert_rows, practice_rows, silence_rows),
    *(deployment_rows, link_rows, task_rows),
    *(checkpoint_rows, lock_rows, swap_rows),
)
