"""The list of features: importing it registers every command, handler, table and role of the program."""

from core.accounts import handlers as accounts
from core.agencies import handlers as agencies
from core.audit import models as audit
from core.contacts import erasing as contact_erasing
from core.contacts import handlers as contacts
from core.devices import handlers as devices
from core.drafts import models as drafts
from core.employment import handlers as employment
from core.erasure import handlers as erasure
from core.feedback import handlers as feedback
from core.journals import models as journals
from core.journals import quarantine
from core.messages import inbox as messages
from core.practitioners import erasing as person_erasing
from core.practitioners import handlers as practitioners
from core.projects import editing as project_editing
from core.projects import handlers as projects
from core.registry import handlers as registry
from core.visits import gates as visit_gates
from core.visits import grounds as visit_grounds
from core.visits import handlers as visits
from core.visits import locks as visit_locks
from core.visits import office as visit_office

FEATURES = (
    accounts,
    agencies,
    audit,
    contacts,
    contact_erasing,
    devices,
    drafts,
    employment,
    erasure,
    messages,
    practitioners,
    person_erasing,
    projects,
    project_editing,
    registry,
    visit_gates,
    visits,
    visit_grounds,
    visit_locks,
    visit_office,
    feedback,
    journals,
    quarantine,
)
"""One line for each feature, in the order of its layer."""
